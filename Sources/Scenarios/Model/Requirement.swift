public import History

/// What a scenario asks of a cache under test: without it the scenario is not run. The words are those of the adapter
/// protocol.
public enum Requirement: Sendable, Hashable {
    /// A method that the adapter has, such as `invalidateTag`.
    case operation(String)
    /// A layer that can be looked into.
    case layer(Layer)
    /// A promise, or a stronger one.
    case promise(String)

    /// What an adapter may offer.
    public static let operations = [
        "read", "readMany", "write", "delete", "invalidate", "invalidateTag", "clear", "inspect", "quiesce", "reset",
    ]
    /// What a cache may promise, strongest first.
    public static let promises = ["acknowledged", "announced", "session", "expiring"]

    /// Every word of the list.
    static let words = operations + Layer.caches.map(\.name) + promises

    /// The requirement of that name; `nil` if there is none.
    public init?(_ word: String) {
        if Self.operations.contains(word) {
            self = .operation(word)
        } else if let layer = Layer(name: word), Layer.caches.contains(layer) {
            self = .layer(layer)
        } else if Self.promises.contains(word) {
            self = .promise(word)
        } else {
            return nil
        }
    }

    /// As in a scenario file.
    public var word: String {
        switch self {
        case .operation(let word), .promise(let word): word
        case .layer(let layer): layer.name
        }
    }

    /// Whether a cache that offers all that meets it.
    /// - Parameter promise: what it promises; `nil` if it does not say.
    public func isMet(operations: [String], layers: [String], promise: String?) -> Bool {
        switch self {
        case .operation(let word): return operations.contains(word)
        case .layer(let layer): return operations.contains("inspect") && layers.contains(layer.name)
        case .promise(let word):
            guard let wanted = Self.promises.firstIndex(of: word),
                let given = promise.flatMap({ Self.promises.firstIndex(of: $0) })
            else { return false }
            return given <= wanted
        }
    }
}
