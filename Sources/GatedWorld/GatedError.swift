import AdapterProtocol

/// Why a gated run, or the gated world, cannot go on.
package enum GatedError: Error, Sendable, CustomStringConvertible {
    /// The adapter did something wrong.
    case adapter(AdapterError)
    /// An instance does not become quiet: which of its threads run.
    case neverQuiet(instance: Int, Duration, threads: String)
    /// Redis does not answer, or went away.
    case redis(String)
    /// A connection does what cannot be held at a gate.
    case notGated(instance: Int, String)
    /// An instance opens more connections than these.
    case tooManyConnections(instance: Int, limit: Int)
    /// Nobody wants it any more.
    case interrupted
    /// This system cannot tell when a process is quiet.
    case notHere(String)

    package var description: String {
        switch self {
        case .adapter(let error): error.description
        case .neverQuiet(let instance, let limit, let threads):
            "instance \(instance + 1) did not become quiet within \(limit): \(threads)"
        case .redis(let what): "the Redis of the run \(what)"
        case .notGated(let instance, let what):
            "instance \(instance + 1) does what cannot be held at a gate: \(what)"
        case .tooManyConnections(let instance, let limit):
            "instance \(instance + 1) has more than \(limit) connections to Redis open"
        case .interrupted: "it was interrupted"
        case .notHere(let what): what
        }
    }
}
