"""Turn a file that nobody trusts into renditions. No Django here; frozen dataclasses in and out.

In the order of use: `policy` (limits and refusals), `sniffing` (magic bytes), `probing` (what really decodes),
`planning` (a pure function from probe to plan), `ffmpeg` (plan to command line), `sandbox` (runs one command),
`running` (the driver: `process`), then `av1`, `hls` and `fingerprint`.
"""
