"""Decoding of one uploaded picture inside the sandbox: from bytes to upright pictures in sRGB. No Django.

`accounts.pictures` starts `main` in a process of its own. Its modules import each other relatively, because that process
sees no other code of ours.
"""
