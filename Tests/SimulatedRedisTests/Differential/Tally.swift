import RedisClient

/// Counts the answers of each command. A comparison that met only errors would prove nothing.
struct Tally {
    private(set) var counts: [String: Int] = [:]
    private(set) var messages = 0

    mutating func count(_ step: Step, _ reply: RedisValue) {
        counts["\(step.script ?? step.name) \(Self.kind(of: reply))", default: 0] += 1
    }

    mutating func count(messages number: Int) { messages += number }

    mutating func add(_ other: Tally) {
        counts.merge(other.counts, uniquingKeysWith: +)
        messages += other.messages
    }

    /// The number of answers that are neither an error nor `QUEUED`.
    func successes(of name: String) -> Int {
        counts.reduce(0) { sum, entry in
            let words = entry.key.split(separator: " ", maxSplits: 1)
            return words[0] == name && words[1] != "error" && words[1] != "QUEUED" ? sum + entry.value : sum
        }
    }

    private static func kind(of reply: RedisValue) -> String {
        switch reply {
        case .null: return "null"
        case .integer(let value): return (-1...1).contains(value) ? "\(value)" : "integer"
        case .status(let text): return text
        case .bulk: return "string"
        case .error: return "error"
        case .array(let elements):
            // The result of a look-up in the shared tier.
            guard elements.count > 2, case .bulk(let word) = elements[2] else {
                return elements.isEmpty ? "none" : "list"
            }
            let text = String(decoding: word, as: UTF8.self)
            return ["hit", "miss", "held"].contains(text) ? text : "list"
        }
    }
}
