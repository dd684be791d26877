import History
import Support

/// Reads which instances are meant: `every instance`, `instance 1`, `instances 2 to 5`, or a list of these.
struct BridgeInstanceList {
    static let everyInstance = "every instance"

    let count: Int

    /// - Returns: their numbers from 0, ascending; `nil`, with a report, if something is wrong.
    func decode(_ value: Value) -> [Int]? {
        if value.textIfAny == Self.everyInstance { return Array(0..<count) }
        guard let elements = value.listOrOne(of: "instances, such as instance 1 or instances 2 to 5") else {
            return nil
        }
        var chosen: Set<Int> = []
        for element in elements {
            guard let numbers = numbers(element) else { return nil }
            if let twice = numbers.first(where: chosen.contains) {
                element.report(found: "instance \(twice + 1) for the second time", expected: "each instance once")
                return nil
            }
            chosen.formUnion(numbers)
        }
        return chosen.sorted()
    }

    private func numbers(_ value: Value) -> ClosedRange<Int>? {
        let expected = "\(Self.everyInstance), instance 1, instances 2 to 5, or a list of these"
        guard let text = value.text(expected) else { return nil }
        let words = text.split(separator: " ").map(String.init)
        let range: ClosedRange<Int>
        if words.count == 2, words[0] == "instance", let number = Int(words[1]) {
            range = number...number
        } else if words.count == 4, words[0] == "instances", words[2] == "to", let first = Int(words[1]),
            let last = Int(words[3]), first < last
        {
            range = first...last
        } else {
            value.reject(
                expected: expected, suggestion: NearestWord.suggestion(for: text, among: [Self.everyInstance]))
            return nil
        }
        guard range.lowerBound >= 1, range.upperBound <= count else {
            value.report(
                found: "\(Value.quoted(text)) of \(count)", expected: "instance 1 to instance \(count)")
            return nil
        }
        return range.lowerBound - 1...range.upperBound - 1
    }
}
