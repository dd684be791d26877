/// What is wrong with the settings of a provider; all mistakes at once.
public struct ProviderSettingsError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One setting that cannot be used.
    public struct Mistake: Sendable, Hashable, CustomStringConvertible {
        /// As it is written where it was found: `REDIS_URL`, `--redis-url`, `redis-url`.
        public var variable: String
        /// What stands there. Never a password.
        public var found: String
        public var expected: String
        /// The word that was probably meant.
        public var suggestion: String?

        public var description: String {
            "\(variable): found \(found); expected \(expected)" + (suggestion.map { "; did you mean \($0)?" } ?? "")
        }
    }

    /// In the order of the settings; never empty.
    public var mistakes: [Mistake]

    public var description: String { mistakes.map(\.description).joined(separator: "\n") }
}
