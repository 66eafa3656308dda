"""The loop in a process of its own: it owns the application, so it cannot share the tests' one."""

from __future__ import annotations

import subprocess
import sys
import textwrap


def run_program(body: str) -> subprocess.CompletedProcess[str]:
    """Run a program that uses `console.ui.runtime.loop`, off screen."""
    head = """
        import asyncio, sys, threading, time
        from PySide6.QtWidgets import QApplication
        from console.ui.runtime.loop import run
        app = QApplication([])
    """
    program = textwrap.dedent(head) + textwrap.dedent(body)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)


def test_run_gives_the_exit_code_of_main() -> None:
    done = run_program(
        """
        async def main(app):
            assert await asyncio.to_thread(pow, 2, 3) == 8
            await asyncio.sleep(0.01)
            return 7
        sys.exit(run(main, app))
        """
    )
    assert (done.returncode, done.stderr) == (7, "")


def test_a_stuck_thread_does_not_keep_the_program_alive() -> None:
    done = run_program(
        """
        async def main(app):
            asyncio.get_running_loop().run_in_executor(None, threading.Event().wait)
            await asyncio.sleep(0.05)
            return 0
        begin = time.monotonic()
        code = run(main, app)
        print("took", time.monotonic() - begin < 2)
        sys.exit(code)
        """
    )
    assert (done.returncode, done.stdout) == (0, "took True\n")


def test_errors_outside_tasks_reach_the_hook_and_the_loop_goes_on() -> None:
    done = run_program(
        """
        seen = []
        async def main(app):
            asyncio.get_running_loop().call_exception_handler({"message": "lost", "exception": ValueError("x")})
            await asyncio.sleep(0.01)
            return 0
        def note(loop, context):
            seen.append((context["message"], type(context["exception"]).__name__))
        code = run(main, app, handler=note)
        print(seen)
        sys.exit(code)
        """
    )
    assert (done.returncode, done.stdout) == (0, "[('lost', 'ValueError')]\n")


def test_ctrl_c_is_seen_while_the_window_idles() -> None:
    done = run_program(
        """
        import os, signal
        async def main(app):
            threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
            try:
                await asyncio.Event().wait()
            finally:
                print("cleaned up", flush=True)
        try:
            run(main, app)
        except KeyboardInterrupt:
            sys.exit(130)
        """
    )
    assert (done.returncode, done.stdout) == (130, "cleaned up\n")


def test_a_closed_loop_leaves_no_timer_to_qt_whoever_frees_it() -> None:
    """A timer that is freed on another thread stays in Qt's list, and ends the program when it is due."""
    done = run_program(
        """
        import gc
        from console.ui.runtime.loop import make_loop
        gc.disable()
        held = []
        async def main():
            loop = asyncio.get_running_loop()
            held.append(loop)
            loop.call_later(0.2, print, "of a closed loop")
        with asyncio.Runner(loop_factory=lambda: make_loop(app)) as runner:
            runner.run(main())
        def free():
            held.clear()
            gc.collect()
        thread = threading.Thread(target=free)
        thread.start()
        thread.join()
        begin = time.monotonic()
        while time.monotonic() < begin + 0.4:
            app.processEvents()
        print("alive")
        """
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "alive\n", "")
