import Foundation
import TestSupport
import Testing

@testable import AdapterProtocol

/// One read of a worker that never returns, in each of the runtimes.
@Suite("A read that never returns", .serialized)
struct StuckReadTests {
    private static let adapters = AdapterExaminationTests.adapters

    private static let threads = """
        import threading
        import coherence_adapter
        class Cache:
            def read(self, key):
                if key == "stuck":
                    threading.Event().wait()
                return str(threading.get_ident())
        coherence_adapter.serve(Cache)
        """

    private static let loop = """
        import asyncio
        import coherence_adapter
        class Cache:
            async def read(self, key):
                if key == "stuck":
                    await asyncio.Event().wait()
                return "loop"
        coherence_adapter.serve(Cache)
        """

    private static let node = """
        const { serve } = require('\(adapters)/node/coherence-adapter');
        serve({ name: 'n', read: (key) => (key === 'stuck' ? new Promise(() => {}) : Promise.resolve('loop')) });
        """

    private static let go = """
        package main
        import "context"
        type cache struct{}
        func (c *cache) Describe() Description { return Description{Name: "g"} }
        func (c *cache) Start(run *Run) error { return nil }
        func (c *cache) Read(ctx context.Context, key string) (Reading, error) {
            if key == "stuck" { select {} }
            return Found("goroutine"), nil
        }
        func main() { Serve(&cache{}) }
        """

    /// Starts a program, has worker 0 hang in it, and reads on.
    /// - Returns: what the later reads of the worker returned.
    private func readsAfterStuck(_ command: String, in folder: String) async throws -> [String] {
        var configuration = AdapterProcess.Configuration(command: command)
        configuration.folder = folder
        configuration.environment = [
            "PYTHONPATH": Self.adapters + "/python", "PYTHONDONTWRITEBYTECODE": "1", "GOFLAGS": "",
            "GO111MODULE": "off",
        ]
        configuration.startLimit = .seconds(300)
        configuration.answerLimit = .seconds(120)
        let process = AdapterProcess(configuration) { _ in .failed("no origin") }
        _ = try await process.start(AdapterStart(directory: folder, namespace: "n"))
        func read() async throws -> String {
            let reply = try await process.ask(.read, worker: 0) { $0.key = "k" }
            guard case .ok(let result) = reply.outcome, case .value(let value) = result.value else {
                return "\(reply.outcome)"
            }
            return value
        }
        var values = [try await read()]
        let error = await #expect(throws: AdapterError.self) {
            _ = try await process.ask(.read, worker: 0, limit: .milliseconds(300)) { $0.key = "stuck" }
        }
        #expect(error?.reason == .noAnswer(.read, .milliseconds(300)))
        for _ in 0..<50 { values.append(try await read()) }
        await process.kill()
        return values
    }

    private func inFolder<Result>(
        _ files: [String: String], _ body: (String) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "stuck-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (name, text) in files { try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8) }
        return try await body(folder)
    }

    @Test(
        "In Python with threads the later reads of the worker have another thread, and all of them the same one",
        .enabled(if: Programs.path(of: "python3") != nil))
    func pythonThreads() async throws {
        let values = try await inFolder(["a.py": Self.threads]) {
            try await readsAfterStuck("exec python3 a.py", in: $0)
        }
        #expect(Set(values.dropFirst()).count == 1, "\(values)")
        #expect(values.first != values.last)
    }

    @Test(
        "In Python with asyncio the later reads go on", .enabled(if: Programs.path(of: "python3") != nil))
    func pythonLoop() async throws {
        let values = try await inFolder(["a.py": Self.loop]) { try await readsAfterStuck("exec python3 a.py", in: $0) }
        #expect(Set(values) == ["loop"])
    }

    @Test("In Node the later reads go on", .enabled(if: Programs.path(of: "node") != nil))
    func node() async throws {
        let values = try await inFolder(["a.js": Self.node]) { try await readsAfterStuck("exec node a.js", in: $0) }
        #expect(Set(values) == ["loop"])
    }

    @Test("In Go the later reads go on", .enabled(if: Programs.path(of: "go") != nil))
    func go() async throws {
        let runtime = try String(contentsOfFile: "\(Self.adapters)/go/coherence_adapter.go", encoding: .utf8)
        let values = try await inFolder(["main.go": Self.go, "coherence_adapter.go": runtime]) {
            try await readsAfterStuck("go build -o adapter . && exec ./adapter", in: $0)
        }
        #expect(Set(values) == ["goroutine"])
    }
}
