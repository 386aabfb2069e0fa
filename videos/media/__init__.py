"""Turns an untrusted file into renditions. No Django here; inputs and outputs are frozen dataclasses.

Modules in order of use: `policy` (limits and refusals), `sniffing` (magic bytes), `probing` (decodable contents),
`planning` (a pure function from probe to plan), `ffmpeg` (from plan to command line), `sandbox` (runs one command
through `confine`), `encoding` (runs ffmpeg once and probes its output), `hls` and `fingerprint`. `running` drives
them all.
"""
