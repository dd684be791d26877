import Scenarios

/// Why a run with faults proves nothing.
public struct FaultError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// The world could not do it.
        case failed
        /// It is over, but an instance did not come back.
        case notHealed = "not-healed"
    }

    public let code: Code
    public let message: String

    public var description: String { message }

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
