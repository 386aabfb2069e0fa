"""Conversion of untrusted video files into renditions. No Django here. Inputs and outputs are frozen dataclasses.

Modules in order of use: `policy` (limits and refusals), `sniffing` (first bytes of a file), `probing` (decodable
contents), `planning` (which files to make), `ffmpeg` (command lines), `sandbox` (runs a command through `confine`),
`encoding` (runs ffmpeg once and probes its output), `hls` (packages for streaming) and `fingerprint` (recognizes the
same footage). `running` calls all of them.
"""
