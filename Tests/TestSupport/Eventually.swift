/// What a test waited for did not happen.
public struct NeverHappened: Error, CustomStringConvertible {
    public var description: String

    public init(description: String) {
        self.description = description
    }
}

/// Waits for a condition; throws when it does not hold within three minutes, which is for what will never hold: a test
/// that passes waits for as long as it must.
public func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(180)
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw NeverHappened(description: "never happened: \(what)") }
        try await Task.sleep(for: .milliseconds(2))
    }
}
