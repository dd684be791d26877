/// How large a scenario may be. A slip of the finger is to be told, and not to take a machine for hours.
public struct ScenarioLimits: Sendable, Hashable {
    /// The keys of all data sets together.
    public var keys: Int
    /// The bytes of a value.
    public var valueSize: Int
    /// The bytes of all values together.
    public var dataSize: Int
    /// The operations of all phases and workers together.
    public var operations: Int
    /// Whether a larger scenario could be allowed.
    let canBeRaised: Bool

    /// 10⁶ keys, values of 16 MiB, 4 GiB in all, 10⁸ operations.
    public static let usual = ScenarioLimits(
        keys: 1_000_000, valueSize: 16 << 20, dataSize: 4 << 30, operations: 100_000_000, canBeRaised: true)

    /// What the command takes with `--large`: 10⁷ keys, values of 64 MiB, 64 GiB in all, 10¹⁰ operations.
    public static let large = ScenarioLimits(
        keys: 10_000_000, valueSize: 64 << 20, dataSize: 64 << 30, operations: 10_000_000_000, canBeRaised: false)

    /// `at most …`, with how to have more.
    func atMost(_ amount: String, or larger: String) -> String {
        "at most \(amount)" + (canBeRaised ? " (\(larger) with --large)" : "")
    }
}
