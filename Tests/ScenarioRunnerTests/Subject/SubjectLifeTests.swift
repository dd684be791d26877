import Checking
import Foundation
import Judging
import Processes
import RedisClient
import Scenarios
import Support
import TestSupport
import Testing

@testable import ScenarioRunner

/// What becomes of the processes of a cache under test, and of the Redis that it is to use.
@Suite("The life of a subject's processes", .serialized, .enabled(if: Programs.path(of: "python3") != nil))
struct SubjectLifeTests {
    /// The cache of ``SubjectRunTests``, which writes down in a folder which process starts, and whether another of its
    /// instance is alive then.
    private static func cache(logging folder: String) -> String {
        SubjectRunTests.cache.replacing(
            "self.values, self.epochs, self.origin = {}, {}, run.origin",
            with: """
                self.values, self.epochs, self.origin = {}, {}, run.origin
                        self.run = run
                        path = "\(folder)/instance-%d" % run.instance
                        for line in open(path).read().split() if os.path.exists(path) else []:
                            try:
                                os.kill(int(line), 0)
                                open("\(folder)/overlaps", "a").write(line + "\\n")
                            except ProcessLookupError:
                                pass
                        open(path, "a").write("%d\\n" % os.getpid())
                """)
    }

    private static let traffic = """
        phases:
          - mix: { name: traffic, data: rows, operations: 20 per worker, read: 80%, write: 20% }
        checks: [sessions]
        """

    private static func withFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "life-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await body(folder)
    }

    private static func processes(_ folder: String, ofInstance number: Int) -> [pid_t] {
        let text = (try? String(contentsOfFile: "\(folder)/instance-\(number)", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { pid_t($0) }
    }

    @Test("Crashes while a process is starting leave one process at a time, and none at the end")
    func crashesWhileStarting() async throws {
        try await Self.withFolder { folder in
            // The other instance goes on meanwhile: the second crash comes long before the process is there.
            let rest = """
                phases:
                  - mix: { name: traffic, data: rows, operations: 400 per worker, read: 80%, write: 20% }
                faults:
                  - crash: { whom: instance 1, during: traffic, after: 10%, until: 12% }
                  - crash: { whom: instance 1, during: traffic, after: 13%, until: 15% }
                  - crash: { whom: instance 1, during: traffic, after: 16%, until: 18% }
                checks: [sessions]
                """
            let program = Self.cache(logging: folder).replacing(
                "self.run = run", with: "import time; time.sleep(0.3 if os.path.exists('\(folder)/instance-0') else 0)")
            let result = try await SubjectRunTests.run(program, instances: 2, rest: rest, lease: "1s")
            // Two caches without a bus need not agree.
            #expect(result.failure == nil, "\(result.failure ?? "")")
            #expect(result.faults.allSatisfy { $0.tookEffect })
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/overlaps"))
            let all = (0..<2).flatMap { Self.processes(folder, ofInstance: $0) }
            #expect(Set(all).count == all.count)
            for process in all { #expect(kill(process, 0) != 0, "process \(process) is left") }
        }
    }

    @Test("Instances end side by side")
    func endings() async throws {
        try await Self.withFolder { folder in
            // Each waits until all are told to end.
            let program = SubjectRunTests.cache.replacing(
                "coherence_adapter.serve",
                with: """
                    def wait(self):
                        import time
                        open("\(folder)/%d" % os.getpid(), "w").close()
                        while len(os.listdir("\(folder)")) < 4:
                            time.sleep(0.005)

                    Cache.stop = wait

                    coherence_adapter.serve
                    """)
            let result = try await SubjectRunTests.run(
                program, instances: 4,
                rest: Self.traffic)
            // Four caches without a bus need not agree. None was killed while it waited for the others.
            #expect(result.failure == nil, "\(result.failure ?? "")")
        }
    }

    @Test("An instance that names the layer redis and never connects to it makes the run unknown")
    func neverConnected() async throws {
        let program = SubjectRunTests.cache.replacing("layers = [\"L2\"]", with: "layers = [\"L2\", \"redis\"]")
        let result = try await SubjectRunTests.run(program, instances: 2, rest: Self.traffic)
        #expect(result.verdict == .unknown)
        #expect(
            result.failure == "instance 1 names the layer redis and never connected to the Redis of this run",
            "\(result.failure ?? "")")
        // Only the second does not.
        let connecting = program.replacing(
            "self.values, self.epochs, self.origin = {}, {}, run.origin",
            with: """
                self.values, self.epochs, self.origin = {}, {}, run.origin
                        import socket, urllib.parse
                        where = urllib.parse.urlsplit(run.redis)
                        self.socket = LEFT_OUT or socket.create_connection((where.hostname, where.port))
                """)
        let second = try await SubjectRunTests.run(
            connecting.replacing("LEFT_OUT", with: "run.instance == 1"), instances: 2, rest: Self.traffic)
        #expect(second.verdict == .unknown)
        #expect(second.failure?.hasPrefix("instance 2 names the layer redis") == true, "\(second.failure ?? "")")
        let none = try await SubjectRunTests.run(
            connecting.replacing("LEFT_OUT", with: "None"), instances: 2, rest: Self.traffic)
        #expect(none.verdict == .pass, LiveWorldTests.story(none))
    }

    @Test("A Redis that is started again behind the run's back makes the run unknown")
    func exchangedServer() async throws {
        let host = try await RedisServer.open(.privateServer)
        let rest = """
            phases:
              - mix: { name: traffic, data: rows, operations: 20 per worker, read: 80%, write: 20% }
              - wait: 100ms
            checks: [sessions]
            """
        let results = try await Self.withFolder { folder in
            let scenario = try SubjectRunTests.scenario(SubjectRunTests.cache, in: folder, rest: rest)
            return try await LiveWorldTests.withRunner(
                redis: .given(host.configuration),
                onProgress: { if case .phase(_, _, 2, _) = $0 { host.restart() } }
            ) { await $0.run(scenario, seed: 1) }
        }
        await host.close()
        let result = try #require(results.first)
        #expect(result.verdict == .unknown, LiveWorldTests.story(result))
        #expect(
            result.failure?.hasPrefix("the Redis that answers at the end is not the one that the run used") == true,
            "\(result.failure ?? "")")
    }

    @Test("A foreign server in the place of the one that was started makes the run unknown")
    func foreignServer() async throws {
        let exchange = """
            def exchange(self):
                import socket, subprocess, time, urllib.parse
                where = urllib.parse.urlsplit(self.run.redis)
                def ask(command):
                    connection = socket.create_connection((where.hostname, where.port))
                    connection.sendall(command)
                    text = b""
                    while not text.endswith(b"\\r\\n") or len(text) < 30:
                        text += connection.recv(100000)
                    return text.decode()
                process = int(ask(b"INFO server\\r\\n").split("process_id:")[1].split()[0])
                path = ask(b"CONFIG GET unixsocket\\r\\n").split("\\r\\n")[4]
                os.kill(process, 9)
                while True:
                    try:
                        probe = socket.socket(socket.AF_UNIX)
                        probe.connect(path)
                        probe.close()
                        time.sleep(0.005)
                    except OSError:
                        break
                os.unlink(path)
                subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no",
                    "--dir", os.path.dirname(path)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
                while not os.path.exists(path):
                    time.sleep(0.005)

            Cache.exchange = exchange

            coherence_adapter.serve
            """
        let program = SubjectRunTests.cache.replacing("coherence_adapter.serve", with: exchange)
            .replacing("self.writing = {}", with: "self.writing, self.run = {}, run")
            .replacing(
                "async def read(self, key):",
                with: "async def read(self, key):\n        if self.run.redis: self.exchange(); self.run.redis = None")
        let result = try await SubjectRunTests.run(program, rest: Self.traffic)
        #expect(result.verdict == .unknown, LiveWorldTests.story(result))
        #expect(
            result.failure?.hasPrefix("the Redis that answered is not the one that was started for this run") == true,
            "\(result.failure ?? "")")
    }

    @Test("A run that gets nowhere says which adapter does not answer")
    func silence() async throws {
        let program = SubjectRunTests.cache.replacing(
            "async def read(self, key):", with: "async def read(self, key):\n        await asyncio.sleep(1000)")
        let result = try await Self.withFolder { folder in
            let scenario = try SubjectRunTests.scenario(program, in: folder, rest: Self.traffic)
            var configuration = ScenarioRunner.Configuration()
            // Longer than the limit of one answer, and shorter than that of two.
            configuration.timeout = .seconds(18)
            let runner = try await ScenarioRunner.open(configuration)
            let results = await runner.run(scenario, seed: 1)
            await runner.close()
            return results
        }
        #expect(result.first?.verdict == .unknown)
        let failure = try #require(result.first?.failure)
        #expect(failure.contains("its budget of 18 s is spent"), "\(failure)")
        #expect(failure.contains("the adapter of instance 1 did not answer 4 requests in time"), "\(failure)")
    }

    #if os(Linux)
        @Test("The memory of a cache is that of all its processes, whatever the command has started first")
        func memory() async throws {
            let program = SubjectRunTests.cache.replacing(
                "coherence_adapter.serve", with: "Cache.held = b'x' * 200_000_000\n\ncoherence_adapter.serve")
            let result = try await Self.withFolder { folder in
                var scenario = try SubjectRunTests.scenario(
                    program, in: folder,
                    rest: Self.traffic.replacing(
                        "checks: [sessions]", with: "checks: [resources: { at-most: { memory: 100 MB } }]"))
                let command = try #require(scenario.subject?.command)
                scenario.subject?.command = "(\(command)); exit $?"
                return try await LiveWorldTests.withRunner { [scenario] in await $0.run(scenario, seed: 1) }
            }
            let first = try #require(result.first)
            #expect(first.verdict == .violation, LiveWorldTests.story(first))
        }
    #endif

    @Test("The process of a private server is known to who started it, also after it was started again")
    func serverProcess() async throws {
        let server = try await RedisServer.open(.privateServer)
        let pool = RedisPool(server.configuration)
        let first = try await ServerIdentity(of: pool)
        #expect(await server.mismatch(of: first) == nil)
        server.restart()
        var second = first
        try await eventually("another process") {
            second = (try? await ServerIdentity(of: pool)) ?? first
            return second != first
        }
        #expect(await server.mismatch(of: second) == nil)
        #expect(!second.isCompatible(with: first))
        #expect(ServerIdentity(run: nil, process: nil).isCompatible(with: first))
        let foreign = await server.mismatch(of: ServerIdentity(run: nil, process: 1), within: .milliseconds(20))
        #expect(foreign?.contains("it is process 1, and process \(second.process ?? 0) was started") == true)
        await pool.close()
        await server.close()
    }

    @Test("The password of the Redis is in nothing that an adapter says and a run keeps")
    func password() async throws {
        let host = try await RedisServer.open(.privateServer)
        let connection = try await RedisConnection.connect(host.configuration)
        let password = "Geh\"eim/Nr. 1"
        _ = try await connection.send(
            RedisCommand("ACL", "SETUSER", "default", "on", ">\(password)", "~*", "&*", "+@all"))
        var configuration = host.configuration
        configuration.password = password
        let program = SubjectRunTests.cache.replacing(
            "self.values, self.epochs, self.origin = {}, {}, run.origin",
            with: """
                import sys, urllib.parse
                        text = run.redis + " " + urllib.parse.unquote(run.redis)
                        print(text, file=sys.stderr)
                        raise RuntimeError(text)
                """)
        let result = try await Self.withFolder { folder in
            let scenario = try SubjectRunTests.scenario(
                program, in: folder,
                rest: Self.traffic)
            return try await LiveWorldTests.withRunner(redis: .given(configuration)) {
                await $0.run(scenario, seed: 1)
            }
        }
        await connection.close()
        await host.close()
        let failure = try #require(result.first?.failure)
        #expect(failure.contains("could not be started"), "\(failure)")
        #expect(failure.contains("Its standard error ends with"), "\(failure)")
        #expect(failure.contains("***@127.0.0.1"), "\(failure)")
        #expect(!failure.contains("Nr") && !failure.contains("eim"), "\(failure)")
    }
}
