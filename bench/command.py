#!/usr/bin/python3
"""Times the gradcheck command from start to exit: the small lecture cases one by one, and all of them together.

    /usr/bin/python3 bench/command.py build/gradcheck cases/lectures
"""
import os
import resource
import subprocess
import sys
import time


def run(*command):
    """Wall and CPU seconds of one run."""
    before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    wall, after = time.perf_counter() - wall, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    command, folder = sys.argv[1:]
    jobs = str(len(os.sched_getaffinity(0)))
    cases = sorted(entry.path for entry in os.scandir(folder) if entry.name.endswith(".yaml"))
    best = {}
    for case in cases:
        runs = [run(command, "run", case, "--jobs", jobs) for _ in range(5)]
        best[case] = min(wall for wall, _ in runs), min(cpu for _, cpu in runs)
    for case in sorted(best, key=best.get, reverse=True)[:8]:
        wall, cpu = best[case]
        print(f"{1000 * wall:8.1f} ms wall {1000 * cpu:8.1f} ms CPU  {os.path.basename(case)}")
    walls = sorted(wall for wall, _ in best.values())
    print(f"{1000 * walls[len(walls) // 2]:8.1f} ms: the median of {len(cases)} cases, best of 5 runs each")
    wall, cpu = min(run(command, "run", folder, "--jobs", jobs) for _ in range(3))
    print(f"{wall:8.2f} s  wall {cpu:8.2f} s  CPU  all of {folder} in one run, {jobs} jobs")


main()
