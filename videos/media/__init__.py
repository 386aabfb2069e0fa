"""Conversion of untrusted video files into renditions. No Django here. Inputs and outputs are frozen dataclasses.

Modules in order of use: `policy` (limits and refusals), `sniffing` (first bytes of a file), `colour` and `probing`
(decodable contents), `sound` (gain), `rates` and `planning` (which files to make), `filters` and `ffmpeg` (command
lines), `faults` (whose fault a failure is), `encoding` (runs ffmpeg once and probes its output), `first_frame`, `hls`
(packages for streaming) and `fingerprint` (recognizes the same footage). `running` calls all of them.
"""
