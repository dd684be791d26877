import Foundation
import Processes
import TestSupport
import Testing

@testable import AdapterProtocol

/// Adapters in Python that hide, block, fall silent and talk too much.
@Suite("Adapters that do not want to end", .enabled(if: Programs.path(of: "python3") != nil))
struct StubbornAdapterTests {
    /// Answers the first request, and then runs `rest` for each line, with the number of the request in `id`.
    private static func command(_ rest: String, before: String = "pass", in folder: String) throws -> String {
        let program = """
            import json, os, signal, subprocess, sys, time

            def say(**message):
                os.write(1, (json.dumps(message) + "\\n").encode())

            \(before)
            for line in iter(sys.stdin.readline, ""):
                request = json.loads(line)
                id = request.get("id")
                if request.get("op") == "init":
                    say(id=id, ok={"name": "stubborn", "operations": ["read"]})
                    continue
                \(rest)
            """
        try program.write(toFile: "\(folder)/adapter.py", atomically: true, encoding: .utf8)
        return "exec python3 \(folder)/adapter.py"
    }

    private static func with(
        _ rest: String, before: String = "pass", _ configure: (inout AdapterProcess.Configuration) -> Void = { _ in },
        _ body: (AdapterProcess, _ folder: String) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "stubborn-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var configuration = AdapterProcess.Configuration(command: try command(rest, before: before, in: folder))
        configuration.folder = folder
        configuration.instance = 2
        configuration.answerLimit = .seconds(120)
        configure(&configuration)
        let process = AdapterProcess(configuration) { _ in
            try? await Task.sleep(for: .seconds(86_400))
            return .failed("the test is over")
        }
        _ = try await process.start(AdapterStart(directory: folder, namespace: "n"))
        try await body(process, folder)
        await process.kill()
    }

    private static func fault(
        _ rest: String, before: String = "pass", _ configure: (inout AdapterProcess.Configuration) -> Void = { _ in }
    ) async throws -> AdapterError {
        var fault: AdapterError?
        try await with(rest, before: before, configure) { process, _ in
            fault = await #expect(throws: AdapterError.self) {
                _ = try await process.ask(.read, worker: 0) { $0.key = "k" }
            }
        }
        return try #require(fault)
    }

    private static func isAlive(_ process: pid_t) -> Bool {
        kill(process, 0) == 0 && !AdapterProcessTests.isZombie(process)
    }

    #if os(Linux)
        @Test(
            "What an adapter has started in a session of its own is gone with it, whether it ends, is killed or dies",
            arguments: ["stop", "kill", "death"])
        func escape(how: String) async throws {
            let before = """
                child = subprocess.Popen(["sleep", "1000"], start_new_session=True)
                grandchild = subprocess.Popen("trap '' TERM HUP; sleep 1000 & echo $! > grandchild; exit", shell=True,
                    start_new_session=True).wait()
                open("child", "w").write(str(child.pid))
                """
            try await Self.with("os._exit(3)", before: before) { process, folder in
                let children = try ["child", "grandchild"].map { name in
                    let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
                    return try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
                }
                #expect(children.allSatisfy(Self.isAlive))
                switch how {
                case "stop": _ = await process.stop()
                case "kill": await process.kill()
                default: await #expect(throws: AdapterError.self) { _ = try await process.ask(.read) }
                }
                #expect(!children.contains(where: Self.isAlive), "\(children)")
            }
        }

        @Test("What an adapter has started stands still with it, and goes on")
        func pause() async throws {
            let before = """
                child = subprocess.Popen(["sleep", "1000"], start_new_session=True)
                open("child", "w").write(str(child.pid))
                """
            try await Self.with("say(id=id, ok={'value': 'v'})", before: before) { process, folder in
                let child = try #require(pid_t(try String(contentsOfFile: "\(folder)/child", encoding: .utf8)))
                process.pause()
                try await eventually("a child that stands still") { Self.state(of: child) == "T" }
                process.resume()
                try await eventually("a child that goes on") { Self.state(of: child) != "T" }
                let reply = try await process.ask(.read)
                #expect(reply.outcome == .ok(AdapterResult(value: .value("v"))))
            }
        }

        private static func state(of process: pid_t) -> String {
            let status = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
            return status.split(separator: ")").last.map { String($0.dropFirst().prefix(1)) } ?? ""
        }

        @Test("A mark finds what carries it, and nothing that carries a longer one")
        func marks() async throws {
            var configuration = AdapterProcess.Configuration(command: "exec sleep 1000")
            configuration.mark = "test-\(UUID().uuidString)"
            let process = AdapterProcess(configuration) { _ in .failed("no origin") }
            let starting = Task { try await process.start(AdapterStart(directory: "/tmp", namespace: "n")) }
            try await eventually("a process with a mark") {
                guard let identifier = process.identifier else { return false }
                return MarkedProcesses.all(process.mark) == [identifier]
            }
            #expect(MarkedProcesses.all(configuration.mark).isEmpty)
            #expect(MarkedProcesses.all(String(process.mark.dropLast())).isEmpty)
            await process.kill()
            _ = try? await starting.value
            #expect(MarkedProcesses.all(process.mark).isEmpty)
        }
    #endif

    @Test("An adapter that has joined another group of processes is killed all the same")
    func otherGroup() async throws {
        let before = """
            child = subprocess.Popen(["sleep", "1000"], process_group=0) if sys.version_info >= (3, 11) else \\
                subprocess.Popen(["sleep", "1000"], preexec_fn=os.setpgrp)
            os.setpgid(0, child.pid)
            """
        try await Self.with("time.sleep(1000)", before: before) { process, _ in
            let identifier = try #require(process.identifier)
            #expect(getpgid(identifier) != identifier)
            await process.kill()
            #expect(!Self.isAlive(identifier))
        }
    }

    @Test("An adapter that has closed its standard input is named, long before its answer would be missed")
    func closedInput() async throws {
        // The request that finds nobody is the second: the first is read before.
        try await Self.with("os.close(0); say(id=id, ok={'value': 'v'}); time.sleep(1000)") { process, _ in
            _ = try await process.ask(.read)
            let error = await #expect(throws: AdapterError.self) { _ = try await process.ask(.read) }
            #expect(error?.reason == .inputClosed)
            #expect(error?.description.hasPrefix("the adapter of instance 3 has closed its standard input") == true)
        }
    }

    @Test("One that ends is told by its end, and not by its closed input")
    func endingWithInput() async throws {
        for _ in 0..<5 {
            try await Self.with("os.close(0); say(id=id, ok={'value': 'v'}); os._exit(4)") { process, _ in
                _ = try await process.ask(.read)
                let error = await #expect(throws: AdapterError.self) { _ = try await process.ask(.read) }
                #expect(error?.reason == .ended("exited with 4"))
            }
        }
    }

    @Test(
        "A hundred megabytes of output are borne: in logs, in standard error, in a line without an end",
        arguments: [
            ("[say(log='info', text='x' * 65000) for n in range(1600)]", false),
            ("[os.write(2, b'e' * 65536) for n in range(1600)]", false),
            ("[os.write(1, b'x' * 65536) for n in range(1600)]", true),
        ])
    func floods(flood: String, isWrong: Bool) async throws {
        try await Self.with("\(flood); say(id=id, ok={'value': 'v'})") { process, _ in
            if isWrong {
                let error = await #expect(throws: AdapterError.self) { _ = try await process.ask(.read) }
                #expect(error?.reason == .lineTooLong(limit: 4 << 20))
                #expect(error?.line == 2)
                #expect((error?.description.utf8.count ?? 0) < 1_000)
            } else {
                let reply = try await process.ask(.read)
                #expect(reply.outcome == .ok(AdapterResult(value: .value("v"))))
                #expect(process.standardError.utf8.count <= 2_000)
            }
        }
    }

    @Test("An adapter that dies at any moment is named with how it ended, and nothing hangs")
    func deaths() async throws {
        let answer = "say(id=id, ok={'value': 'v'})"
        let cases = [
            ("before it reads", "os._exit(5)", "pass", "exited with 5"),
            ("when it is asked", "pass", "os._exit(6)", "exited with 6"),
            ("in a line", "pass", "os.write(1, b'{\"id\"'); os._exit(7)", "ends in the middle of the line"),
            ("after an answer", "pass", "\(answer); os._exit(8)", "exited with 8"),
            ("by a signal", "pass", "os.kill(0, signal.SIGKILL)", "was ended by signal 9"),
            ("without its output", "pass", "os.close(1); time.sleep(1000)", "was ended by signal 9"),
        ]
        for (moment, before, rest, expected) in cases {
            let error = await #expect(throws: AdapterError.self, "\(moment)") {
                try await Self.with(rest, before: before) { process, _ in
                    while true { _ = try await process.ask(.read) }
                }
            }
            let text = error.map { "\($0)" } ?? ""
            #expect(text.hasPrefix("the adapter of instance 3") && text.contains(expected), "\(moment): \(text)")
        }
    }

    @Test("An adapter that dies while it is told to end is named")
    func deathAtTheEnd() async throws {
        try await Self.with("os._exit(9)") { process, _ in
            let error = await process.stop()
            #expect(error?.reason == .ended("exited with 9"))
        }
    }

    @Test("A first answer that does not come has a limit, and nothing is left of the process")
    func lateStart() async throws {
        var configuration = AdapterProcess.Configuration(command: "trap '' TERM; while :; do sleep 1; done")
        configuration.startLimit = .milliseconds(200)
        let process = AdapterProcess(configuration) { _ in .failed("no origin") }
        let error = await #expect(throws: AdapterError.self) {
            _ = try await process.start(AdapterStart(directory: "/tmp", namespace: "n"))
        }
        #expect(error?.reason == .noAnswer(.initialise, .milliseconds(200)))
        #expect(MarkedProcesses.all(process.mark).isEmpty)
        #expect(process.unanswered == 1)
    }

    @Test("Answers that an adapter does not take count as open questions")
    func untakenAnswers() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "untaken-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // Each answer fills the pipe: none but the first few is ever taken.
        let asking = """
            for n in range(1, 100000):
                        say(ask=n, op='load', key='k')
            """
        var configuration = AdapterProcess.Configuration(command: try Self.command(asking, in: folder))
        configuration.mostQuestions = 100
        let value = String(repeating: "v", count: 100_000)
        let process = AdapterProcess(configuration) { _ in .loaded(value) }
        _ = try await process.start(AdapterStart(directory: folder, namespace: "n"))
        let error = await #expect(throws: AdapterError.self) {
            _ = try await process.ask(.read, limit: .seconds(120)) { $0.key = "k" }
        }
        #expect(error?.reason == .tooManyQuestions(limit: 100))
        await process.kill()
    }

    @Test("A text to be hidden is found as it is, in a URL and in JSON, also where it is cut")
    func hiddenTexts() {
        let hidden = HiddenTexts(["a\"b/ü c", ""])
        let forms = [
            "a\"b/ü c", "a%22b%2F%C3%BC%20c", "a%22b%2f%c3%bc%20c", #"a\"b/ü c"#, #"a\"b\/ü c"#, #"a\"b/\u00fc c"#,
        ]
        for text in forms {
            #expect(hidden.hidden(in: "<\(text)>") == "<***>", "\(text)")
        }
        #expect(hidden.hidden(in: "nothing") == "nothing")
        #expect(HiddenTexts([]).hidden(in: "nothing") == "nothing")
    }

    @Test("A password is in no line, reason, log or standard error of an adapter, and a value keeps it")
    func password() async throws {
        let secret = "hunter2-and-more"
        let rest = """
            if request["key"] == "value": say(id=id, ok={"value": "\(secret)"})
                if request["key"] == "failed": say(log="info", text="\(secret)"); say(id=id, failed="at \(secret)")
                if request["key"] == "line": os.write(2, b"x" * 2990 + b"\(secret) and on\\n"); print("stray" * 22 + "\(secret)", flush=True)
            """
        try await Self.with(rest, { $0.secrets = [secret] }) { process, _ in
            let value = try await process.ask(.read) { $0.key = "value" }
            #expect(value.outcome == .ok(AdapterResult(value: .value(secret))))
            let failed = try await process.ask(.read) { $0.key = "failed" }
            #expect(failed.outcome == .failed("at ***"))
            let error = await #expect(throws: AdapterError.self) {
                _ = try await process.ask(.read) { $0.key = "line" }
            }
            let text = try #require(error?.description)
            #expect(text.contains("***"), "\(text)")
            #expect(!text.contains("hunter2"), "\(text)")
            try await eventually("its standard error") { process.standardError.contains("and on") }
            #expect(!process.standardError.contains("more"), "\(process.standardError)")
        }
    }

    @Test("An adapter that has too many questions open is named, with the line")
    func manyQuestions() async throws {
        let error = try await Self.fault(
            "[say(ask=n, op='load', key='k') for n in range(1, 102)]; time.sleep(1000)"
        ) { $0.mostQuestions = 100 }
        #expect(error.reason == .tooManyQuestions(limit: 100))
        #expect(error.line == 102)
        let expected = "the adapter of instance 3, line 102 of its output: more than 100 questions are open"
        #expect(error.description.hasPrefix(expected))
    }
}
