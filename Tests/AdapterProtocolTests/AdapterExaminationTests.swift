import Foundation
import TestSupport
import Testing

@testable import AdapterProtocol

/// The runtimes of `Adapters/`, each with a small cache, and what is wrong with caches that have one fault each.
@Suite("The examination of an adapter")
struct AdapterExaminationTests {
    static let adapters = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Adapters").path

    /// A cache in Python. `FAULT` marks where a line of it can be replaced.
    static let sample = """
        import coherence_adapter

        class Cache:
            name = "a dictionary"
            version = "1"
            layers = ["L1"]
            promises = "acknowledged"

            def start(self, run):
                self.values, self.origin = {}, run.origin
                self.tags = {}

            async def read(self, key):
                if key not in self.values:
                    value, self.tags[key] = await self.origin.load_with_tags(key)
                    if value is None:
                        return None
                    self.values[key] = value
                return coherence_adapter.found(self.values[key], "L1")

            async def read_many(self, keys):
                return [await self.read(key) for key in keys]

            async def write(self, key, value):
                await self.origin.commit(key, value)
                self.values[key] = value

            async def delete(self, key):
                await self.origin.commit(key, None)
                self.values.pop(key, None)

            async def invalidate(self, key):
                self.values.pop(key, None)

            async def invalidate_tag(self, tag):
                for key in [key for key, tags in self.tags.items() if tag in tags]:
                    self.values.pop(key, None)

            async def clear(self):
                self.values.clear()

            async def inspect(self, layer, keys):
                return {key: self.values[key] for key in keys if key in self.values}

            async def quiesce(self):
                pass

            async def reset(self, namespace):
                self.values.clear()

        coherence_adapter.serve(Cache)
        """

    static func threaded(_ text: String) -> String {
        text.replacing("async def", with: "def").replacing("await ", with: "")
    }

    /// Examines a program in Python.
    static func examine(_ program: String) async throws -> AdapterExamination.Report {
        let file = FileManager.default.temporaryDirectory.appending(path: "adapter-\(UUID().uuidString).py").path
        try program.write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        var configuration = AdapterProcess.Configuration(command: "python3 \(file)")
        configuration.environment = ["PYTHONPATH": adapters + "/python", "PYTHONDONTWRITEBYTECODE": "1"]
        configuration.startLimit = .seconds(120)
        configuration.answerLimit = .seconds(60)
        return await AdapterExamination.examine(
            configuration, start: AdapterStart(workers: 16, directory: "/tmp", namespace: "n"))
    }

    @Test(
        "The runtime for Python, with asyncio and with threads, passes every step",
        .enabled(if: Programs.path(of: "python3") != nil),
        arguments: [Self.sample, Self.threaded(Self.sample)])
    func python(program: String) async throws {
        let report = try await Self.examine(program)
        let failed = report.steps.filter { $0.outcome != .passed }
        #expect(failed.isEmpty, "\(failed)")
        #expect(report.isClean)
        #expect(report.steps.count == 17)
        #expect(report.description?.name == "a dictionary")
        #expect(report.description?.promise == "acknowledged")
    }

    @Test(
        "What is wrong with an adapter is told at its step", .enabled(if: Programs.path(of: "python3") != nil),
        arguments: [
            ("return None", #"return "None""#, "for a key that nobody wrote"),
            (
                "self.values[key] = value\n        return", "self.values[key] = value.strip()\n        return",
                "where the value is"
            ),
            ("await self.origin.commit(key, value)", "pass", "committed 0 times at the origin"),
            (
                "await self.origin.commit(key, value)",
                "await self.origin.commit(key, value); await self.origin.commit(key, value)",
                "committed 2 times at the origin"
            ),
            ("await self.origin.commit(key, value)", "await self.origin.commit(key, value + '!')", "first value!"),
            (
                "await self.origin.commit(key, None)\n        self.values.pop(key, None)",
                "await self.origin.commit(key, None)", "the read after the delete returned"
            ),
            (
                "async def invalidate(self, key):\n        self.values.pop(key, None)",
                "async def invalidate(self, key):\n        pass", "the read after the invalidation"
            ),
            (
                "async def clear(self):\n        self.values.clear()", "async def clear(self):\n        pass",
                "the read after the clear"
            ),
            (
                "return {key: self.values[key] for key in keys if key in self.values}",
                "return {key: await self.read(key) for key in keys}", "loaded a key that nobody had read"
            ),
            (
                "return {key: self.values[key] for key in keys if key in self.values}",
                "return {'n:' + key: self.values[key] for key in keys if key in self.values}", "which was not asked for"
            ),
            (
                "await self.origin.load_with_tags(key)",
                "await self.tried(key)",
                "the read succeeded although the origin refused the load"
            ),
            (
                "await self.origin.commit(key, value)\n        self.values[key] = value",
                "self.values[key] = value\n        await self.origin.commit(key, value)",
                "whose commit was refused is in the cache"
            ),
            (
                "for key in keys]\n\n    async def write", "for key in keys[::-1]]\n\n    async def write",
                "or in another order"
            ),
            (
                "for key in keys]\n\n    async def write", "for key in keys[:2]]\n\n    async def write",
                "read_many returned 2 values for 3 keys"
            ),
            ("if tag in tags", "if tags[:1] == [tag]", "the read after the invalidation of its tag"),
            (#"promises = "acknowledged""#, #"promises = "forever""#, #""promises" is "forever""#),
            (#"layers = ["L1"]"#, "layers = [object()]", "the answer cannot be written as JSON: Object of type object"),
            (#"layers = ["L1"]"#, #"layers = ["L9"]"#, #""layers" has "L9", which is no layer"#),
            (#"version = "1""#, "grace = 0.5", #""grace" is 0.5, and not a whole number of milliseconds"#),
            (#"version = "1""#, "grace = -3", #""grace" is -3.0, and not a whole number of milliseconds"#),
            (#"version = "1""#, "grace = 10 ** 15", "milliseconds from 0 to 60000"),
            (
                #"return coherence_adapter.found(self.values[key], "L1")"#, #"return self.values[key], "L1""#,
                "read returned a tuple; a value is a text, bytes or None; a value with its layer is found(value, layer)"
            ),
            (
                #"return coherence_adapter.found(self.values[key], "L1")"#, "return len(self.values[key])",
                "read returned an int; a value is a text, bytes or None"
            ),
            (#"layers = ["L1"]"#, "layers = []", "names no layers"),
            (
                "self.values, self.origin = {}, run.origin", "raise RuntimeError('no luck')",
                "could not be started: RuntimeError: no luck"
            ),
        ])
    func faults(line: String, replacement: String, expected: String) async throws {
        var program = Self.sample.replacing(line, with: replacement)
        #expect(program != Self.sample, "\(line) is not in the sample")
        program = program.replacing(
            "coherence_adapter.serve",
            with: """
                async def tried(self, key):
                    try:
                        return await self.origin.load_with_tags(key)
                    except Exception:
                        return None, []
                Cache.tried = tried

                coherence_adapter.serve
                """)
        let report = try await Self.examine(program)
        #expect(!report.isClean)
        let told = report.steps.compactMap { step in
            if case .wrong(let text, _) = step.outcome { text } else { nil }
        }
        #expect(told.contains { $0.contains(expected) }, "\(told)")
    }

    @Test(
        "An adapter that offers little is examined in that, and the rest is said",
        .enabled(if: Programs.path(of: "python3") != nil))
    func littleOffered() async throws {
        let report = try await Self.examine(
            """
            import coherence_adapter
            class Cache:
                def start(self, run): self.origin = run.origin
                def read(self, key): return self.origin.load(key)
            coherence_adapter.serve(Cache)
            """)
        #expect(report.isClean, "\(report.steps)")
        let skipped = report.steps.filter { if case .skipped = $0.outcome { true } else { false } }
        // It can be made anew: that is examined.
        #expect(skipped.count == 9)
        #expect(skipped.first?.outcome == .skipped("the adapter offers no readMany"))
    }

    @Test("A program that is no adapter is told so once, and nothing else is said of it")
    func notAnAdapter() async throws {
        var configuration = AdapterProcess.Configuration(command: "echo hello; cat > /dev/null")
        configuration.endLimit = .seconds(5)
        let report = await AdapterExamination.examine(
            configuration, start: AdapterStart(directory: "/tmp", namespace: "n"))
        #expect(report.steps.count == 1)
        #expect(report.problems == 1)
        #expect(!report.isClean)
    }

    @Test("The runtime for Node passes every step", .enabled(if: Programs.path(of: "node") != nil))
    func node() async throws {
        let program = """
            const { serve, found } = require('\(Self.adapters)/node/coherence-adapter');
            class Cache {
              name = 'a map';
              layers = ['L1'];
              start(run) { this.values = new Map(); this.tags = new Map(); this.origin = run.origin; }
              async read(key) {
                if (!this.values.has(key)) {
                  const { value, tags } = await this.origin.loadWithTags(key);
                  if (value === null) return null;
                  this.tags.set(key, tags);
                  this.values.set(key, value);
                }
                return found(this.values.get(key), 'L1');
              }
              readMany(keys) { return Promise.all(keys.map((key) => this.read(key))); }
              async write(key, value) { await this.origin.commit(key, value); this.values.set(key, value); }
              async delete(key) { await this.origin.commit(key, null); this.values.delete(key); }
              invalidate(key) { console.log('a stray print'); this.values.delete(key); }
              invalidateTag(tag) {
                for (const [key, tags] of this.tags) if (tags.includes(tag)) this.values.delete(key);
              }
              clear() { this.values.clear(); }
              inspect(layer, keys) {
                return Object.fromEntries(keys.filter((k) => this.values.has(k)).map((k) => [k, this.values.get(k)]));
              }
              quiesce() {}
              reset() { this.values.clear(); }
            }
            serve(new Cache());
            """
        let file = FileManager.default.temporaryDirectory.appending(path: "adapter-\(UUID().uuidString).js").path
        try program.write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        var configuration = AdapterProcess.Configuration(command: "node \(file)")
        configuration.startLimit = .seconds(120)
        configuration.answerLimit = .seconds(60)
        let report = await AdapterExamination.examine(
            configuration, start: AdapterStart(workers: 16, directory: "/tmp", namespace: "n"))
        let failed = report.steps.filter { $0.outcome != .passed }
        #expect(failed.isEmpty, "\(failed)")
    }
}
