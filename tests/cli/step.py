"""explain --step on a pseudoterminal: step.py GRADCHECK CASE. Fails with the first thing that is wrong."""
import fcntl
import os
import pty
import select
import signal
import sys
import termios
import time

PROMPT = b"[q] quit"


class Session:
    """gradcheck on a terminal of its own."""

    def __init__(self, *options):
        self.master, slave = pty.openpty()
        self.before = termios.tcgetattr(slave)
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            os.close(self.master)
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            for descriptor in (0, 1, 2):
                os.dup2(slave, descriptor)
            os.environ.update(TERM="xterm", NO_COLOR="1")
            os.execv(sys.argv[1], [sys.argv[1], "explain", "--step", *options, sys.argv[2]])
        self.slave = slave
        self.output = b""

    def until(self, text, count=1):
        """Reads until `text` has come `count` times since the last call."""
        start, deadline = len(self.output), time.time() + 30
        while self.output.count(text, start) < count:
            assert time.time() < deadline, ("waited in vain for", text, self.output[start:])
            if select.select([self.master], [], [], 0.5)[0]:
                try:
                    self.output += os.read(self.master, 65536)
                except OSError:
                    break
        return self.output[start:]

    def press(self, keys):
        os.write(self.master, keys)

    def end(self):
        """The exit status, or minus the signal; the terminal must be as it was."""
        deadline = time.time() + 30
        while time.time() < deadline:
            if select.select([self.master], [], [], 0.05)[0]:
                self.output += os.read(self.master, 65536)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                break
        else:
            os.kill(self.pid, signal.SIGKILL)
            raise AssertionError("it does not end")
        while select.select([self.master], [], [], 0.05)[0]:
            self.output += os.read(self.master, 65536)
        assert termios.tcgetattr(self.slave) == self.before, "the terminal is not as it was"
        os.close(self.slave)
        os.close(self.master)
        return os.waitstatus_to_exitcode(status)


# Enter and space go on, gate by gate; the last piece needs no key.
s = Session()
first = s.until(PROMPT)
assert b"Forward" in first and b"upstream" not in first.split(b"Backward")[1].split(b"\n", 1)[1], first
attributes = termios.tcgetattr(s.slave)
assert not attributes[3] & (termios.ICANON | termios.ECHO), "keys need Enter"
s.press(b"\n")
second = s.until(PROMPT)
assert b"f = mul(q, z) = -12" in second and b"q = add" not in second, second
s.press(b" ")
third = s.until(PROMPT)
assert b"q = add(x, y) = 3" in third and b"f = mul" not in third, third
# b goes back; an arrow key and other letters do nothing.
s.press(b"\x1b[Axb")
again = s.until(PROMPT)
assert b"f = mul(q, z) = -12" in again, again
s.press(b"\n")
s.until(PROMPT)
s.press(b"\n")
assert s.end() == 0
assert all(b"[q] quit   %d of 4" % i in s.output for i in (1, 2, 3)) and b"4 of 4" not in s.output
assert b"The gradient of every input" in s.output and s.output.count(b"\r\x1b[K") == 5, s.output

# q, and the end of input, end it at once.
for key in (b"q", b"\x04"):
    s = Session()
    s.until(PROMPT)
    s.press(key)
    assert s.end() == 0
    assert b"f = mul(q, z) = -12" not in s.output.split(b"Backward")[1]

# Ctrl-C and SIGTERM: the exit status of an interruption, the terminal as it was.
s = Session()
s.until(PROMPT)
s.press(b"\x03")
assert s.end() == 130
s = Session()
s.until(PROMPT)
os.kill(s.pid, signal.SIGTERM)
assert s.end() == 130

# One gate alone; all of it comes without a key when there is one piece.
s = Session("--param", "q")
s.until(PROMPT)
s.press(b"\n")
assert s.end() == 0
assert b"q = add(x, y) = 3" in s.output and b"f = mul" not in s.output
