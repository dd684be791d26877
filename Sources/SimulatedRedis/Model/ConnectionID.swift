/// The number of one connection to the server, which `CLIENT ID` answers and `CLIENT TRACKING … REDIRECT` names.
public struct ConnectionID: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let number: Int64

    public init(_ number: Int64) { self.number = number }

    public static func < (left: ConnectionID, right: ConnectionID) -> Bool { left.number < right.number }
    public var description: String { "connection \(number)" }
}
