/// What is at risk when a scenario fails, so that a report can sum it.
public struct Impact: Sendable, Hashable {
    /// Money that comes in each month and depends on the behaviour that a scenario tests.
    public struct Revenue: Sendable, Hashable {
        /// The amount of one month, in whole units of the currency (euros, not cents).
        public var perMonth: Double
        /// Three capital letters, as in ISO 4217: `EUR`.
        public var currency: String

        public init(perMonth: Double, currency: String) {
            self.perMonth = perMonth
            self.currency = currency
        }
    }

    /// The customers, by name, in the order of the file.
    public var protects: [String]
    /// The revenue, if the file states one.
    public var revenue: Revenue?

    public init(protects: [String] = [], revenue: Revenue? = nil) {
        self.protects = protects
        self.revenue = revenue
    }
}
