"""From an untrusted file to renditions. No Django here; frozen dataclasses in and out.

In the order of use: `policy` (limits and refusals), `sniffing` (magic bytes), `probing` (what can be decoded),
`planning` (a pure function from probe to plan), `ffmpeg` (from plan to command line), `sandbox` (runs one command,
through `confine`), `encoding` (runs one ffmpeg and probes its output), `hls` and `fingerprint`, and `running`, the
driver.
"""
