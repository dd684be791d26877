import Checking
import Scenarios

/// The cache under test as it describes itself, if it is not the reference cache.
public struct SubjectRecord: Sendable, Hashable {
    /// As the adapter says.
    public var name: String
    /// As the adapter says; empty if it does not.
    public var version: String
    /// What it can be asked to do, as words of the adapter protocol, sorted.
    public var operations: [String]
    /// The layers that can be looked into.
    public var layers: [String]
    /// What it promises, as a word of the adapter protocol; `nil` if it does not say.
    public var promise: String?
    /// Within which time an announced invalidation is applied everywhere; `nil` if it does not say.
    public var grace: Duration?

    /// Which part of the time of its operations passed between the runner and the adapter, and not in the cache; `nil`
    /// if the adapter does not say when it calls the cache.
    public var shareOnTheWay: Double?

    /// Whether it is not known exactly when loads began.
    package var hasUnstampedLoads = false

    package init(
        name: String, version: String, operations: [String], layers: [String], promise: String?, grace: Duration?
    ) {
        self.name = name
        self.version = version
        self.operations = operations
        self.layers = layers
        self.promise = promise
        self.grace = grace
    }
}

extension SubjectRecord {
    /// `mycache 7.6.0`
    public var title: String { version.isEmpty ? name : "\(name) \(version)" }

    /// Why a check cannot be asked of this cache; `nil` if it can.
    /// - Parameter scenario: what was done.
    package func reasonNotToAsk(_ check: CheckDeclaration, of scenario: Scenario? = nil) -> String? {
        func lacks(_ operation: String) -> Bool { !operations.contains(operation) }
        func lack(_ operation: String) -> String {
            "the subject offers no \(operation): add \(Self.method(operation)) to the adapter"
        }
        if case .convergence = check, let scenario, !scenario.inspects {
            return "the scenario looks into no layer: add - inspect: everything as its last phase"
                + (lacks("inspect") ? ", and \(Self.method("inspect")) to the adapter" : "")
        }
        if case .freshAfterInvalidation(nil) = check, promise == "announced", (scenario?.cluster.instances ?? 1) > 1 {
            return "the cache promises announced and says no grace, so that no instance owes what another has written: "
                + "say grace in the adapter, or in the check: fresh-after-invalidation: { grace: 200ms }"
        }
        return switch check {
        case .loads where hasUnstampedLoads:
            "the adapter does not say when it asks the origin, and loads that seem to overlap may not"
        case .convergence where lacks("inspect"): lack("inspect")
        case .convergence where layers.isEmpty:
            "the subject names no layers: say in \"layers\" which ones inspect can look into"
        case .tags where lacks("invalidateTag"): lack("invalidateTag")
        case .delivery: "the subject does not say what its bus delivers"
        case .connections: "the subject has no manager of connections"
        case .expiry: "the subject does not say when its layers are filled"
        default: nil
        }
    }

    /// The method of an adapter that answers an operation of the protocol.
    package static func method(_ operation: String) -> String {
        switch operation {
        case "write": "a method write(key, value)"
        case "inspect": "a method inspect(layer, keys), with the names of the layers,"
        case "invalidateTag": "a method invalidateTag(tag) (in Python invalidate_tag)"
        case "readMany": "a method readMany(keys) (in Python read_many)"
        case "read", "delete", "invalidate": "a method \(operation)(key)"
        default: "a method \(operation)"
        }
    }

    /// What its promise is asked and it does not show, with what to add.
    func notAsked() -> [NotJudged] {
        guard promise == "announced" else { return [] }
        return HistoryPromise.announced.checks().compactMap { check in
            reasonNotToAsk(check).map { NotJudged(check, reason: "not judged: \($0)") }
        }
    }

    /// What is asked if the scenario declares no checks: by the table for recorded histories.
    package var usualChecks: [CheckDeclaration] {
        switch promise {
        case "acknowledged": HistoryPromise.acknowledged.checks()
        case "announced":
            HistoryPromise.announced.checks().map { check in
                if case .freshAfterInvalidation = check { .freshAfterInvalidation(grace: grace) } else { check }
            }.filter { reasonNotToAsk($0) == nil }
        case "session": [.sessions]
        default: []
        }
    }
}

/// What a cache under test did that no check of its history tells.
package struct SubjectFault: Error, CustomStringConvertible {
    package let description: String
}

extension RunRecord {
    /// Values that no write gave are for the check of values to tell.
    /// - Throws: ``SubjectFault`` if its history is worth nothing, or its origin would have been wrong.
    package func requireSoundSubject() throws(SubjectFault) {
        if let sentence = adapterFault ?? wrongCommit { throw SubjectFault(description: sentence) }
    }
}
