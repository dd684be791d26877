import Foundation
import Testing

@testable import AdapterProtocol

/// Adapters in the shell, which do one thing wrong each.
@Suite("The process of an adapter")
struct AdapterProcessTests {
    /// Answers the first request, and then does `rest` for each line, with its number in `$id`.
    private static func script(_ rest: String, first: String = Self.greeting) -> String {
        """
        read -r line
        \(first)
        while read -r line; do
            id=${line#*\\"id\\":}; id=${id%%[,\\}]*}
            \(rest)
        done
        """
    }

    private static let greeting = #"echo '{"id":1,"ok":{"name":"shell","operations":["read"]}}'"#
    private static let honest = #"echo "{\"id\":$id,\"ok\":{\"value\":\"v\"}}""#

    private func process(
        _ command: String, limit: Duration = .seconds(30), longestLine: Int = 1_000_000,
        origin: @escaping @Sendable (AdapterAsk) async -> OriginAnswer.Outcome = { _ in .failed("no origin") }
    ) -> AdapterProcess {
        var configuration = AdapterProcess.Configuration(command: command)
        configuration.answerLimit = limit
        configuration.longestLine = longestLine
        return AdapterProcess(configuration, origin: origin)
    }

    private let start = AdapterStart(directory: "/tmp", namespace: "n")

    /// The first thing that it did wrong when it was asked to read.
    private func fault(_ command: String, limit: Duration = .seconds(30), longestLine: Int = 1_000_000) async throws
        -> AdapterError
    {
        // An origin that does not answer: a question stays open.
        let process = process(command, limit: limit, longestLine: longestLine) { _ in
            try? await Task.sleep(for: .seconds(86_400))
            return .failed("the test is over")
        }
        _ = try await process.start(start)
        let error = await #expect(throws: AdapterError.self) {
            _ = try await process.ask(.read, worker: 0) { $0.key = "k" }
        }
        await process.kill()
        return try #require(error)
    }

    @Test("An honest adapter is asked, answers, and ends with its input")
    func honest() async throws {
        let process = process(Self.script(Self.honest))
        let description = try await process.start(start)
        #expect(description.name == "shell")
        for _ in 0..<3 {
            let reply = try await process.ask(.read, worker: 0) { $0.key = "k" }
            #expect(reply.outcome == .ok(AdapterResult(value: .value("v"))))
        }
        #expect(await process.stop() == nil)
        #expect(process.identifier == nil)
    }

    @Test(
        "What an adapter does wrong is named with the line",
        arguments: [
            ("a stray print", "echo hello", 2, "it is not JSON"),
            ("a wrong id", #"echo '{"id":77,"ok":{}}'"#, 2, "answers request 77, which was never made"),
            ("a second answer", #"echo '{"id":1,"failed":"again"}'"#, 2, "answers request 1 for a second time"),
            (
                "stamps outside", #"echo "{\"id\":$id,\"t0\":1,\"t1\":2,\"ok\":{\"value\":\"v\"}}""#, 2,
                "lie outside the time"
            ),
            (
                "a question twice", #"echo '{"ask":5,"op":"load","key":"k"}'; echo '{"ask":5,"op":"load","key":"k"}'"#,
                3, "question 5 is asked while another"
            ),
            ("half a line", #"printf '{"id":2,'; exit 0"#, 2, "ends in the middle of the line"),
            ("a long line", "head -c 2000000 /dev/zero | tr '\\0' x", 2, "has more than 1000000 bytes"),
        ])
    func faults(name: String, rest: String, line: Int, expected: String) async throws {
        let error = try await fault(Self.script(rest))
        #expect(error.line == line, "\(name): \(error)")
        #expect(error.instance == 0)
        #expect(error.description.contains(expected), "\(name): \(error)")
    }

    @Test("A flood of output ends the adapter at its first line, in bounded memory")
    func flood() async throws {
        let error = try await fault(Self.script("yes stray | head -c 100000000"))
        #expect(error.line == 2)
    }

    @Test("An adapter that dies is named with how it ended and what it said last")
    func death() async throws {
        let error = try await fault(Self.script("echo 'out of luck' >&2; exit 7"))
        #expect(error.reason == .ended("exited with 7"))
        #expect(error.description.contains("out of luck"))
        let killed = try await fault(Self.script("kill -9 $$"))
        #expect(killed.description.contains("was ended by signal"), "\(killed)")
    }

    @Test("An answer that does not come has a limit, and one that comes late is counted and does not count")
    func silence() async throws {
        let process = process(
            Self.script(
                #"""
                if [ "$id" = 2 ]; then early=$id; continue; fi
                echo "{\"id\":$early,\"ok\":{\"value\":\"late\"}}"
                \#(Self.honest)
                """#
            ), limit: .milliseconds(300))
        _ = try await process.start(start)
        let error = await #expect(throws: AdapterError.self) {
            _ = try await process.ask(.read, worker: 0) { $0.key = "k" }
        }
        #expect(error?.reason == .noAnswer(.read, .milliseconds(300)))
        let reply = try await process.ask(.read, worker: 0, limit: .seconds(30)) { $0.key = "k" }
        #expect(reply.outcome == .ok(AdapterResult(value: .value("v"))))
        #expect(process.lateAnswers == 1)
        #expect(process.error == nil)
        await process.kill()
    }

    @Test("One that ignores the end of its input is killed, and what it has started with it")
    func stubborn() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "stubborn-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        var configuration = AdapterProcess.Configuration(
            command: Self.script(Self.honest)
                + "\nsleep 1000 & echo $! > \(file); trap '' TERM; while :; do sleep 1; done")
        configuration.endLimit = .milliseconds(500)
        let process = AdapterProcess(configuration) { _ in .failed("no origin") }
        _ = try await process.start(start)
        let error = await process.stop()
        #expect(error?.description.contains("did not end within 0.5 seconds") == true, "\(String(describing: error))")
        let child = try #require(
            pid_t(try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .newlines)))
        // Whoever adopts what was killed has to wait for it before its number is free.
        while kill(child, 0) == 0, !Self.isZombie(child) { try await Task.sleep(for: .milliseconds(5)) }
    }

    static func isZombie(_ process: pid_t) -> Bool {
        let status = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
        return status.split(separator: ")").last?.hasPrefix(" Z") ?? false
    }

    @Test("A first answer that does not fit is an error, and nothing of the process is left")
    func wrongGreetings() async throws {
        let cases = [
            (#"echo '{"id":1,"failed":"no database"}'"#, "could not be started: no database"),
            (#"echo '{"id":1,"ok":{}}'"#, #"it has no "name""#),
            (#"echo '{"id":1,"ok":{"name":"c","operations":[],"protocol":9}}'"#, "speaks version 9"),
            ("exit 3", "exited with 3"),
        ]
        for (first, expected) in cases {
            let process = process(Self.script(Self.honest, first: first))
            let error = await #expect(throws: AdapterError.self, "\(first)") { _ = try await process.start(start) }
            #expect(error?.description.contains(expected) == true, "\(first): \(String(describing: error))")
            #expect(process.identifier == nil, "\(first)")
        }
    }

    @Test("What an adapter asks of the origin is answered, many at a time")
    func origin() async throws {
        let process = process(
            Self.script(
                #"""
                echo "{\"ask\":$id,\"op\":\"load\",\"key\":\"k$id\",\"worker\":1}"
                read -r loaded
                case "$loaded" in
                *'"value":"loaded k'$id'"'*) \#(Self.honest) ;;
                *) echo "{\"id\":$id,\"failed\":\"wrong\"}" ;;
                esac
                """#)
        ) { ask in
            guard ask.question == .load, ask.worker == 1 else { return .failed("not a load of worker 1") }
            return .loaded("loaded \(ask.key)")
        }
        _ = try await process.start(start)
        for _ in 0..<5 {
            let reply = try await process.ask(.read, worker: 1) { $0.key = "k" }
            #expect(reply.outcome == .ok(AdapterResult(value: .value("v"))))
        }
        #expect(await process.stop() == nil)
    }

    @Test("A request whose task is cancelled ends the process")
    func cancellation() async throws {
        let process = process(Self.script("sleep 1000"))
        _ = try await process.start(start)
        let asking = Task { try await process.ask(.read, worker: 0) { $0.key = "k" } }
        asking.cancel()
        let error = await #expect(throws: AdapterError.self) { _ = try await asking.value }
        #expect(error?.description.contains("was ended by signal") == true, "\(String(describing: error))")
        await process.kill()
        #expect(process.identifier == nil)
    }
}
