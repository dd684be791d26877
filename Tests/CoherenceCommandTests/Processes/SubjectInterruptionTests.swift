import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The built command on an adapter that nothing but SIGKILL ends, with children in its group and out of it.
@Suite("Interrupted with a stubborn adapter", .serialized, .enabled(if: Programs.path(of: "python3") != nil))
struct SubjectInterruptionTests {
    /// Writes the numbers of all its processes into the folder of the test, and a file for what it is asked.
    private static let adapter = """
        import json, os, signal, subprocess, sys, time

        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        folder = os.path.dirname(os.path.abspath(__file__))
        deaf = [sys.executable, "-c", "import signal, time\\nfor n in (1, 2, 15): signal.signal(n, signal.SIG_IGN)\\n"
                + "time.sleep(1000)"]
        own = subprocess.Popen(deaf)
        processes = [os.getpid(), own.pid]
        if sys.platform == "linux":
            processes.append(subprocess.Popen(deaf, start_new_session=True).pid)
        with open(folder + "/processes", "a") as file:
            file.write("".join("%d\\n" % process for process in processes))
        for line in iter(sys.stdin.readline, ""):
            request = json.loads(line)
            open(folder + "/" + request["op"], "w").close()
            if request["op"] == "init":
                ok = {"name": "stubborn", "operations": ["read", "write"], "promises": "session"}
            elif request["op"] == "shutdown":
                ok = {}
            elif os.path.exists(folder + "/hang"):
                time.sleep(1000)
            else:
                ok = {"value": None}
            sys.stdout.write(json.dumps({"id": request["id"], "ok": ok}) + "\\n")
            sys.stdout.flush()
        open(folder + "/end-of-input", "w").close()
        while True:
            time.sleep(1000)
        """

    private static func scenario(faults: String = "") -> String {
        """
        scenario: Stubborn
        subject: exec python3 adapter.py
        cluster: { instances: 2, workers: 2 }
        data: { rows: { keys: 3 } }
        phases:
          - mix: { name: work, data: rows, operations: 20 per worker, pace: 1000/s, read: 90 %, write: 10 % }
        \(faults)
        checks: [sessions]
        """
    }

    /// Calls the command, sends it signals when it is at some point, and waits until nothing of it is left.
    private func interrupt(
        _ arguments: [String], scenario: String = Self.scenario(), hangs: Bool = false, by signals: [Int32],
        expecting: TerminationStatus, when isReached: @escaping @Sendable (_ folder: String) throws -> Bool
    ) async throws {
        // Short, because the paths of Unix sockets are.
        let folder = "/tmp/stubborn-\(UInt32.random(in: 0...UInt32.max))"
        let temporary = "\(folder)/t"
        try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Self.adapter.write(toFile: "\(folder)/adapter.py", atomically: true, encoding: .utf8)
        try scenario.write(toFile: "\(folder)/scenario.yaml", atomically: true, encoding: .utf8)
        if hangs { try "".write(toFile: "\(folder)/hang", atomically: true, encoding: .utf8) }
        let result = try await Subprocess.run(
            .path(.init(CommandTests.command)), arguments: Arguments(arguments),
            environment: .inherit.updating(["TMPDIR": temporary]), workingDirectory: .init(folder), input: .none,
            output: .discarded, error: .string(limit: 100_000)
        ) { execution in
            let process = execution.processIdentifier.value
            try await eventually("the moment") {
                if try isReached(folder) { return true }
                if try !ProcessList.all().contains(where: { $0.process == process }) {
                    throw NeverHappened(description: "the command ended before")
                }
                return false
            }
            for (number, signal) in signals.enumerated() {
                // Signals of one kind that come together are one.
                if number > 0 { try await Task.sleep(for: .milliseconds(300)) }
                kill(process, signal)
            }
        }
        #expect(result.terminationStatus == expecting)
        let all = Self.processes(folder)
        #expect(all.count >= 2)
        try await eventually("the end of all processes") {
            let alive = try Set(ProcessList.all().map(\.process))
            return all.allSatisfy { !alive.contains($0) }
        }
        try await eventually("the end of all folders") {
            try FileManager.default.contentsOfDirectory(atPath: temporary).isEmpty
        }
    }

    private static func processes(_ folder: String) -> [pid_t] {
        let text = (try? String(contentsOfFile: "\(folder)/processes", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { pid_t($0) }
    }

    private static func exists(_ name: String, _ folder: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(folder)/\(name)")
    }

    @Test("A run that is killed leaves nothing of it")
    func killed() async throws {
        try await interrupt(
            ["run", "scenario.yaml", "--seed", "1"], hangs: true, by: [SIGKILL], expecting: .signaled(SIGKILL)
        ) { Self.exists("read", $0) }
    }

    @Test("A run that is killed while the adapter stands still leaves nothing of it")
    func killedWhilePaused() async throws {
        let faults = "faults: [{ pause: { whom: every instance, during: work, after: 30 %, for: 1000s } }]"
        try await interrupt(
            ["run", "scenario.yaml", "--seed", "1"], scenario: Self.scenario(faults: faults), by: [SIGKILL],
            expecting: .signaled(SIGKILL)
        ) { folder in
            let all = Set(Self.processes(folder))
            let stopped = try ProcessList.all().filter { all.contains($0.process) && $0.isStopped }
            return !all.isEmpty && stopped.count == all.count
        }
    }

    @Test("A second interrupt while it is taken down leaves nothing of it")
    func interruptedTwice() async throws {
        try await interrupt(
            ["run", "scenario.yaml", "--seed", "1"], by: [SIGINT, SIGINT], expecting: .exited(128 + SIGINT)
        ) { Self.exists("end-of-input", $0) }
    }

    @Test("A run whose adapter does not answer ends at the first interrupt, and leaves nothing of it")
    func interruptedOnce() async throws {
        try await interrupt(
            ["run", "scenario.yaml", "--seed", "1"], hangs: true, by: [SIGINT], expecting: .exited(128 + SIGINT)
        ) { Self.exists("read", $0) }
    }

    @Test("An interrupted examination leaves nothing of it", arguments: [SIGINT, SIGKILL])
    func examination(signal: Int32) async throws {
        for more in [[], ["--no-redis"]] {
            try await interrupt(
                ["subject", "check", "exec python3 adapter.py"] + more, hangs: true, by: [signal],
                expecting: .signaled(signal)
            ) { Self.exists("read", $0) }
        }
    }
}
