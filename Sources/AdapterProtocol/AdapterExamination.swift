import Foundation
import History

/// Tells an adapter's author everything that is wrong with it, in the order in which it is best mended.
///
/// One instance of the cache is asked for everything that it offers, with one request open at a time and with many,
/// with an origin that works and with one that fails. What passes here can be driven by a scenario. It says nothing
/// about coherence: for that several instances are needed, and a history.
package struct AdapterExamination: Sendable {
    /// What came of one step.
    package struct Step: Sendable, Equatable {
        package enum Outcome: Sendable, Equatable {
            case passed
            /// What is wrong, and what to do.
            case wrong(String, advice: String)
            /// Why it was not examined.
            case skipped(String)
        }

        /// What the adapter has to do, as a sentence without its full stop.
        package var title: String
        package var outcome: Outcome
    }

    package struct Report: Sendable {
        /// What the adapter says of its cache; `nil` if it did not come to that.
        package var description: AdapterDescription?
        package var steps: [Step] = []
        /// The first lines that the adapter logged.
        package var logs: [String] = []
        /// How many came after them.
        package var moreLogs = 0

        package var problems: Int { steps.count { if case .wrong = $0.outcome { true } else { false } } }
        /// Whether steps were examined and nothing was wrong in any.
        package var isClean: Bool { problems == 0 && steps.contains { $0.outcome == .passed } }
    }

    let process: AdapterProcess
    private let start: AdapterStart
    let origin = ExaminedOrigin()
    private let logs = ExaminedLogs()
    private let workers: Int
    private var report = Report()

    /// - Parameter start: what the first request says. Its workers are used at the same time.
    package init(_ configuration: AdapterProcess.Configuration, start: AdapterStart) {
        let (origin, logs) = (origin, logs)
        process = AdapterProcess(configuration, onLog: { logs.add($0, $1) }, origin: { origin.answer($0) })
        self.start = start
        workers = max(1, start.workers)
    }

    /// Examines the adapter, and ends its process.
    package static func examine(_ configuration: AdapterProcess.Configuration, start: AdapterStart) async -> Report {
        var examination = AdapterExamination(configuration, start: start)
        await examination.run()
        (examination.report.logs, examination.report.moreLogs) = examination.logs.lines
        return examination.report
    }

    /// A step found something wrong.
    struct Wrong: Error {
        let text: String
        let advice: String
    }

    // MARK: The steps

    private mutating func run() async {
        // The steps ask; only what came of them is written down.
        let examiner = self
        var description: AdapterDescription?
        await step("The process starts and says what its cache is") {
            description = try await examiner.process.start(examiner.start)
        }
        guard let description else { return }
        report.description = description
        await step("Its words are those of the protocol") { try examiner.words(of: description) }
        await step("A read of a key that does not exist finds nothing") { try await examiner.readNothing() }
        await step("A read of a key that the origin has returns its value, whatever is in it") {
            try await examiner.readSeeded()
        }
        await step("Reads of several workers at a time get their own answers") { try await examiner.readConcurrently() }
        await ifOffered(.readMany, "A read of several keys returns what each of them has, in their order") {
            try await examiner.readMany()
        }
        await ifOffered(.write, "A write commits its value at the origin, once, and a read returns it") {
            try await examiner.write()
        }
        await ifOffered(.delete, "A delete commits it at the origin, and a read finds nothing") {
            try await examiner.delete()
        }
        await ifOffered(.invalidate, "After an invalidation the next read asks the origin") {
            try await examiner.invalidate()
        }
        await ifOffered(
            .invalidateTag, "After the invalidation of a tag the next read of what carries it asks the origin"
        ) {
            try await examiner.invalidateTag()
        }
        await ifOffered(.clear, "After a clear the next read asks the origin") { try await examiner.clear() }
        await ifOffered(.inspect, "An inspection fills nothing, and shows what is there") {
            try await examiner.inspect(description.layers)
        }
        await step("A load that fails makes the read fail, and the next one succeeds") { try await examiner.failLoad() }
        await ifOffered(.write, "A commit that fails makes the write fail") { try await examiner.failCommit() }
        await ifOffered(.reset, "After a reset nothing is left") { try await examiner.reset() }
        await ifOffered(.quiesce, "It becomes quiet") { try await examiner.succeeded(.quiesce) }
        if let missing = AdapterOperation.optional.first(where: { !description.operations.contains($0) }) {
            await step("What it does not offer it refuses in words") { try await examiner.refuse(missing) }
        }
        guard process.error == nil else { return await process.kill() }
        await step("It ends when it is told to, and with its standard input") {
            if let error = await examiner.process.stop() { throw error }
        }
    }

    private mutating func step(_ title: String, _ body: () async throws -> Void) async {
        // What an adapter did wrong once ends its process: what follows could only repeat that.
        if let error = process.error,
            report.steps.contains(where: { if case .wrong = $0.outcome { true } else { false } })
        {
            report.steps.append(Step(title: title, outcome: .skipped("the process has ended: \(error.reason.text)")))
            return
        }
        do {
            try await body()
            if let error = process.error { throw error }
            report.steps.append(Step(title: title, outcome: .passed))
        } catch let wrong as Wrong {
            report.steps.append(Step(title: title, outcome: .wrong(wrong.text, advice: wrong.advice)))
        } catch {
            let error = process.error ?? error as? AdapterError
            let text = error.map(\.description) ?? "\(error.map { "\($0)" } ?? "it was interrupted")"
            report.steps.append(Step(title: title, outcome: .wrong(text, advice: error?.reason.advice ?? "")))
        }
    }

    private mutating func ifOffered(
        _ operation: AdapterOperation, _ title: String, _ body: () async throws -> Void
    ) async {
        guard report.description?.operations.contains(operation) == true else {
            let reason = "the adapter offers no \(operation.rawValue)"
            report.steps.append(Step(title: title, outcome: .skipped(reason)))
            return
        }
        await step(title, body)
    }

    private func words(of description: AdapterDescription) throws {
        if let word = description.unknownOperations.first {
            throw Wrong(
                text: "\"operations\" has \"\(word.printable)\", which is no operation of the protocol",
                advice: "The operations are \(AdapterOperation.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard description.operations.contains(.read) else {
            throw Wrong(text: "the adapter offers no read", advice: "Name \"read\" among its \"operations\"")
        }
        if description.operations.contains(.inspect), description.layers.isEmpty {
            throw Wrong(
                text: "the adapter offers inspect and names no layers",
                advice: "Name in \"layers\" those that inspect can look into, or leave inspect out")
        }
        if let wrong = description.wrongWord { throw Wrong(text: wrong.text, advice: wrong.advice) }
    }

    private func readNothing() async throws {
        let found = try await read("examined:nothing")
        if case .value(let value) = found {
            throw Wrong(
                text: "it returned \(quoted(value)) for a key that nobody wrote",
                advice: "A read of what does not exist answers {\"value\":null}. A text such as \"None\" is a value")
        }
    }

    private func readSeeded() async throws {
        for (number, value) in Self.awkwardValues.enumerated() {
            let key = "examined:seeded \(number)"
            origin.seed(key, value)
            for turn in ["first", "second"] {
                try await expect(value, key, "the \(turn) read")
            }
            guard origin.loads(of: key) > 0 else {
                throw Wrong(
                    text: "the value of \(key) came from somewhere else than the origin",
                    advice: "A read that finds nothing in the cache asks {\"op\":\"load\"} of the runner")
            }
        }
    }

    private static let awkwardValues = [
        "a value", "with \"quotes\", \\ and \n\t", "ä€😀 e\u{301}", "{\"json\":[1,2]}",
        String(repeating: "x", count: 100_000),
    ]

    private func readConcurrently() async throws {
        let keys = (0..<64).map { "examined:many \($0)" }
        for key in keys { origin.seed(key, "value of \(key)") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, key) in keys.enumerated() {
                group.addTask { try await expect("value of \(key)", key, "a read", worker: number % workers) }
            }
            try await group.waitForAll()
        }
    }

    private func write() async throws {
        let key = "examined:written"
        for value in ["first value", "second value"] {
            let before = origin.commits(of: key).count
            try await succeeded(.write) {
                $0.key = key
                $0.value = value
            }
            let commits = origin.commits(of: key).dropFirst(before)
            guard commits.count == 1 else {
                throw Wrong(
                    text: "the write of \(quoted(value)) committed \(commits.count) times at the origin",
                    advice: "A write asks {\"op\":\"commit\"} of the runner exactly once before it is answered")
            }
            guard commits.first == .some(value) else {
                let committed = commits.first.flatMap { $0 }.map(quoted) ?? "a deletion"
                throw Wrong(
                    text: "the write of \(quoted(value)) committed \(committed)",
                    advice: "Commit the value that the request has, unchanged")
            }
            try await expect(value, key, "the read after the write")
        }
    }

    private func delete() async throws {
        let key = "examined:deleted"
        origin.seed(key, "a value")
        try await expect("a value", key, "the read before the delete")
        try await succeeded(.delete) { $0.key = key }
        guard origin.commits(of: key) == [nil] else {
            throw Wrong(
                text: "the delete did not commit a deletion at the origin",
                advice: "A delete asks {\"op\":\"commit\"} with \"value\":null of the runner, once")
        }
        if case .value(let value) = try await read(key) {
            throw Wrong(
                text: "the read after the delete returned \(quoted(value))",
                advice: "Drop the key from every layer of the cache")
        }
    }

    private func invalidate() async throws {
        try await expectLoad(after: "the invalidation", "examined:invalidated") { key in
            try await succeeded(.invalidate) { $0.key = key }
        }
    }

    private func invalidateTag() async throws {
        let (tag, others) = ("examined tag", "examined other tag")
        try await expectLoad(after: "the invalidation of its tag", "examined:tagged", tags: [others, tag]) { _ in
            try await succeeded(.invalidateTag) { $0.tag = tag }
        }
    }

    private func clear() async throws {
        try await expectLoad(after: "the clear", "examined:cleared") { _ in try await succeeded(.clear) }
    }

    private func reset() async throws {
        try await expectLoad(after: "the reset", "examined:reset") { _ in try await succeeded(.reset) }
    }

    private func expectLoad(
        after what: String, _ key: String, tags: [String] = [], _ body: (_ key: String) async throws -> Void
    ) async throws {
        origin.seed(key, "old value", tags: tags)
        try await expect("old value", key, "the read before \(what)")
        origin.seed(key, "new value", tags: tags)
        let before = origin.loads(of: key)
        try await body(key)
        try await expect("new value", key, "the read after \(what)")
        guard origin.loads(of: key) > before else {
            throw Wrong(text: "the read after \(what) did not ask the origin", advice: "Drop the key from every layer")
        }
    }

    private func inspect(_ layers: [String]) async throws {
        let (cold, warm) = ("examined:cold", "examined:warm")
        origin.seed(cold, "cold value")
        origin.seed(warm, "warm value")
        try await expect("warm value", warm, "a read")
        for layer in layers {
            let result = try await ok(.inspect) {
                $0.layer = layer
                $0.keys = [cold, warm]
            }
            guard let entries = result.entries else {
                throw Wrong(
                    text: "the inspection of layer \(layer.printable) has no \"entries\"",
                    advice: "Answer {\"entries\":{KEY:VALUE,…}} with the keys that the layer holds")
            }
            if entries[cold] != nil || origin.loads(of: cold) > 0 {
                throw Wrong(
                    text: "the inspection of layer \(layer.printable) loaded a key that nobody had read",
                    advice: "Look into the layer, and do not read through the cache")
            }
            if let value = entries[warm], value != "warm value" {
                throw Wrong(
                    text: "layer \(layer.printable) shows \(quoted(value)) for a key whose value is \"warm value\"",
                    advice: "Show the value as the application would get it, without what the layer keeps beside it")
            }
            if let key = entries.keys.first(where: { $0 != cold && $0 != warm }) {
                throw Wrong(
                    text: "the inspection of layer \(layer.printable) shows \(quoted(key)), which was not asked for",
                    advice: "Name the keys as the application does, without a prefix")
            }
        }
    }

    private func failLoad() async throws {
        let key = "examined:failing load"
        origin.seed(key, "a value")
        origin.fail("the origin is down, on purpose")
        defer { origin.fail(nil) }
        let reply = try await process.ask(.read, worker: 0) { $0.key = key }
        switch reply.outcome {
        case .failed: break
        case .ok:
            throw Wrong(
                text: "the read succeeded although the origin refused the load",
                advice: "Let the error of the load reach the caller of read")
        case .unknown, .unsupported:
            throw Wrong(
                text: "the read did not answer \"failed\"", advice: "A read that fails had no effect: say failed")
        }
        origin.fail(nil)
        try await expect("a value", key, "the read after the origin had come back")
    }

    private func failCommit() async throws {
        let key = "examined:failing commit"
        origin.fail("the origin is down, on purpose")
        defer { origin.fail(nil) }
        let reply = try await process.ask(.write, worker: 0) {
            $0.key = key
            $0.value = "refused"
        }
        if case .ok = reply.outcome {
            throw Wrong(
                text: "the write succeeded although the origin refused the commit",
                advice: "Let the error of the commit reach the caller of write")
        }
        origin.fail(nil)
        if case .value("refused") = try await read(key) {
            throw Wrong(
                text: "the value of a write whose commit was refused is in the cache",
                advice: "Change the cache after the commit, or take the change back")
        }
    }

    private func refuse(_ missing: AdapterOperation) async throws {
        let reply = try await process.ask(missing, worker: 0) {
            $0.key = "examined:refused"
            $0.value = "a value"
            $0.tag = "a tag"
            $0.layer = "L1"
            $0.keys = []
        }
        guard case .unsupported = reply.outcome else {
            throw Wrong(
                text: "\(missing.rawValue), which is not among its operations, was not answered \"unsupported\"",
                advice: "Name it among \"operations\", or answer {\"unsupported\":REASON}")
        }
    }
}
