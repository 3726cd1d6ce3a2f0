"""python -m tests.loopback MODULE ARGUMENT...: bring loopback up in a new network namespace, then run a module.

Fails if any other interface is there, so that a test cannot pass with a network by mistake.
"""

from __future__ import annotations

import fcntl
import runpy
import socket
import struct
import sys

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1  # linux/sockios.h, linux/if.h

assert [name for _, name in socket.if_nameindex()] == ["lo"], socket.if_nameindex()
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
    answer = fcntl.ioctl(control, SIOCGIFFLAGS, struct.pack("16sh14x", b"lo", 0))
    flags = struct.unpack("16sh14x", answer)[1]
    fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
