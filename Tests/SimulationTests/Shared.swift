import Locking

/// A value that several tasks use.
final class Shared<Value: Sendable>: Sendable {
    private let content: Lock<Value>

    init(_ value: Value) { content = Lock(value) }

    func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result { try content.withLock(body) }
}

/// Lines in the order in which they were added.
final class Log: Sendable {
    private let content = Shared<[String]>([])
    var lines: [String] { content.withLock { $0 } }
    func add(_ line: String) { content.withLock { $0.append(line) } }
}
