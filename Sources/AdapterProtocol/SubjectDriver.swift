import Foundation

/// One instance of a cache under test, however it is reached: it is asked for one operation after the other.
///
/// A process is reached by lines (``AdapterProcess``). A cache in the runner's own process is called.
package protocol SubjectDriver: Sendable {
    /// What the instance did wrong first; `nil` if nothing yet.
    var error: AdapterError? { get }
    /// The number of its process; `nil` if it has none of its own, or none any more.
    var identifier: pid_t? { get }
    /// What it has been used for.
    var use: AdapterProcess.Use { get }
    /// How many requests it has not answered in time.
    var unanswered: Int { get }

    /// Asks for an operation and waits for what comes of it, for a limited time.
    /// - Throws: ``AdapterError``. After ``AdapterError/Reason/noAnswer(_:_:)`` the instance lives on, and the outcome
    ///   is unknown.
    nonisolated(nonsending) func ask(
        _ operation: AdapterOperation, worker: Int?, limit: Duration?, _ fill: (inout AdapterRequest) -> Void
    ) async throws -> AdapterProcess.Reply

    /// An answer that does not fit its request, as an error of this instance.
    func wrongAnswer(_ operation: AdapterOperation, _ what: String) -> AdapterError
    /// Lets it stand still, and go on. What cannot is refused before the run.
    func pause()
    func resume()
    /// Ends it where it stands; returns when it can do nothing more.
    func kill() async
    /// Has it leave in order; returns when it is gone.
    /// - Returns: what it did wrong meanwhile, if anything.
    func stop() async -> AdapterError?
}

extension SubjectDriver {
    /// As `ask(_:worker:limit:_:)`, with the usual limit.
    package nonisolated(nonsending) func ask(
        _ operation: AdapterOperation, worker: Int? = nil, _ fill: (inout AdapterRequest) -> Void = { _ in }
    ) async throws -> AdapterProcess.Reply {
        try await ask(operation, worker: worker, limit: nil, fill)
    }
}

extension AdapterProcess: SubjectDriver {}

extension AdapterDescription {
    /// What a cache in the runner's own process says of itself.
    package init(
        name: String, version: String, operations: Set<AdapterOperation>, layers: [String], promise: String?,
        grace: Int64?
    ) {
        self.name = name
        self.version = version
        self.operations = operations
        self.layers = layers
        self.promise = promise
        self.grace = grace
        protocolVersion = AdapterStart.version
        unknownOperations = []
    }
}

extension AdapterProcess.Use {
    /// Of a cache that names some layers, and has not been asked for anything.
    package init(naming layers: [String]) { self.layers = Set(layers) }
}

extension AdapterProcess.Reply {
    package init(_ outcome: AdapterAnswer.Outcome, during interval: ClosedRange<Int64>) {
        self.outcome = outcome
        self.interval = interval
    }
}

extension AdapterResult {
    /// What a read found, and the layer that served it if that is known; or what an inspection did.
    package init(found: Found? = nil, layer: String? = nil, seen entries: [String: String]? = nil) {
        value = found
        self.layer = layer
        self.entries = entries
    }
}

extension AdapterError {
    /// What a cache in the runner's own process did wrong.
    /// - Parameter instance: counted from 0.
    package init(ofCache instance: Int, _ reason: Reason) {
        self.init(instance: instance, reason: reason)
        who = "cache"
    }
}

extension AdapterAsk {
    /// - Parameters:
    ///   - worker: on whose behalf; `nil` for the cache's own work.
    ///   - start: when it asks, in nanoseconds of the origin's clock.
    package init(_ question: Question, key: String, worker: Int?, start: Int64) {
        number = 0
        self.question = question
        self.key = key
        self.worker = worker
        self.start = start
    }
}
