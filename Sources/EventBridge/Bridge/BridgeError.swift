/// Wrong use of a bridge.
public struct BridgeError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The instance's name is empty or longer than 255 bytes, or a limit is not positive.
        case invalidConfiguration = "invalid-configuration"
        /// The instance is configured not to publish.
        case publishingIsOff = "publishing-is-off"
        /// The server takes no events, or too slowly, and no more may wait.
        case outboxFull = "outbox-full"
        /// The bridge was closed.
        case closed
    }

    public let code: Code
    /// For a person.
    public let message: String

    public var description: String { message }

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
