"""Run a command that ends when the process that asked for it does: tether.py PARENT USER COMMAND….

A script of its own, executed in between, because both settings belong after the fork and before
the exec, where code of a threaded parent (`preexec_fn`) may deadlock. USER is a user's number, or
`-` to stay as one is. Only Linux can tie a child to its parent; elsewhere the command just runs.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, user, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    if user != "-":
        become(int(user))
    # After the change of user, which would clear it; the kernel keeps it across the exec.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            sys.exit("the parent ended before its server began")
    os.execv(command[0], command)  # noqa: S606 - no shell is wanted


def become(user: int) -> None:
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)


if __name__ == "__main__":
    main()
