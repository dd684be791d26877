/// What every scenario begins with, whatever it is about.
struct Heading {
    static let words = ["scenario", "describe", "impact", "run", "labels"]

    var name = ""
    var description: String?
    var impact: Impact?
    var isRunOnlyWhenNamed: Bool
    var labels: [String] = []

    init(_ fields: Fields) {
        if let name = fields.required("scenario", "the name of the scenario")?.text("the name of the scenario") {
            self.name = name
        }
        description = fields["describe"]?.text()
        impact = fields["impact"].flatMap(Self.impact)
        isRunOnlyWhenNamed = fields["run"]?.word(of: ["always", "when-named"]) == "when-named"
        labels = fields["labels"]?.listOrOne(of: "labels")?.uniqueTexts { $0.name() } ?? []
    }

    private static func impact(_ value: Value) -> Impact? {
        guard let fields = Fields(value, known: ["protects", "revenue"]) else { return nil }
        var impact = Impact()
        if let customers = fields["protects"]?.listOrOne(of: "customers") {
            impact.protects = customers.uniqueTexts { $0.text("the name of a customer") }
        }
        if let place = fields["revenue"] { impact.revenue = revenue(place) }
        if fields["protects"] == nil, fields["revenue"] == nil, !value.isNothing {
            value.reject(expected: "protects, revenue or both")
        }
        return impact
    }

    private static func revenue(_ value: Value) -> Impact.Revenue? {
        let expected = "an amount of money per month, such as 120000 EUR/month"
        guard let text = value.textIfAny, let (number, rest) = DecimalNumber.prefix(of: text) else {
            value.reject(expected: expected)
            return nil
        }
        let parts = rest.split(separator: "/", omittingEmptySubsequences: false).map { $0.filter { $0 != " " } }
        let isCurrency = parts[0].count == 3 && parts[0].allSatisfy { $0.isASCII && $0.isUppercase }
        guard parts.count == 2, isCurrency, parts[1] == "month" else {
            value.reject(expected: expected)
            return nil
        }
        return Impact.Revenue(perMonth: number.value, currency: parts[0])
    }
}

extension [Value] {
    /// The texts of the elements, each only once; a repetition is reported.
    func uniqueTexts(_ decode: (Value) -> String?) -> [String] {
        var texts: [String] = []
        for element in self {
            guard let text = decode(element) else { continue }
            if texts.contains(text) {
                element.report(found: "\(Value.quoted(text)) for the second time", expected: "each only once")
            } else {
                texts.append(text)
            }
        }
        return texts
    }
}
