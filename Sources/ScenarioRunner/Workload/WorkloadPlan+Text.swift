import History
import Scenarios
import Support

extension WorkloadPlan {
    /// The plan as a short text: `0.3 r permissions:1 w permissions:1; 2.0 t user_session`. 0.3 is what worker 3 does
    /// in the first phase. r reads, w writes, d deletes, i invalidates a key, t a tag. `r permissions:0+permissions:1`
    /// reads several keys in one call.
    package var text: String {
        var parts: [String] = []
        for (phase, workers) in phases.enumerated() {
            for (worker, operations) in workers.enumerated() where !operations.isEmpty {
                parts.append((["\(phase).\(worker)"] + operations.map(\.text)).joined(separator: " "))
            }
        }
        return parts.joined(separator: "; ")
    }

    /// Reads what ``text`` writes.
    /// - Throws: what is wrong with it.
    package init(text: String, for scenario: Scenario) throws(MalformedText) {
        let keys = Dictionary(scenario.keysInUse.map { ($0.name, $0) }) { first, _ in first }
        self.init(phases: scenario.phases.map { _ in [] })
        // Counted from part to part: from the beginning each time, a long text would take quadratic time.
        var (place, start) = (text.startIndex, 0)
        for part in text.split(separator: ";") {
            start += text.distance(from: place, to: part.startIndex)
            place = part.startIndex
            let words = part.words.map { (word: $0.word, column: $0.column + start) }
            guard let (word, column) = words.first else { continue }
            let numbers = word.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
            guard numbers.count == 2, let phase = numbers[0], let worker = numbers[1], phases.indices.contains(phase),
                (0..<scenario.cluster.totalWorkers).contains(worker)
            else {
                throw MalformedText(
                    "operations", column: column, found: word,
                    expected: "PHASE.WORKER, a phase from 0 to \(phases.count - 1) and a worker from 0 to "
                        + "\(scenario.cluster.totalWorkers - 1)")
            }
            guard words.count % 2 == 1 else {
                throw MalformedText(
                    "operations", column: column, found: String(part),
                    expected: "pairs of an operation and a name after \(word)")
            }
            while phases[phase].count <= worker { phases[phase].append([]) }
            phases[phase][worker] = try Self.operations(words.dropFirst(), keys)
        }
    }

    /// Reads the operations of one worker, as `r permissions:1 w permissions:1`.
    static func operations(
        text: String, _ keys: [String: KeyInUse]
    ) throws(MalformedText) -> [PlannedOperation] {
        try operations(text[...].words.map { (String($0.word), $0.column) }[...], keys)
    }

    /// - Parameter words: pairs of an operation and a name.
    private static func operations(
        _ words: ArraySlice<(word: String, column: Int)>, _ keys: [String: KeyInUse]
    ) throws(MalformedText) -> [PlannedOperation] {
        try stride(from: words.startIndex, to: words.endIndex - 1, by: 2).map { index throws(MalformedText) in
            try operation(words[index], words[index + 1], keys)
        }
    }

    private static func operation(
        _ letter: (word: String, column: Int), _ name: (word: String, column: Int), _ keys: [String: KeyInUse]
    ) throws(MalformedText) -> PlannedOperation {
        if letter.word == "t" { return .invalidateTag(name.word) }
        // A key is DATA:NUMBER, and no name of a data set has a plus.
        let names = name.word.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
        if letter.word == "r", names.count > 1 {
            return .readMany(try names.map { word throws(MalformedText) in try known(word, name.column, keys) })
        }
        let key = try known(name.word, name.column, keys)
        switch letter.word {
        case "r": return .read(key)
        case "w": return .write(key)
        case "d": return .delete(key)
        case "i": return .invalidate(key)
        default:
            throw MalformedText("operations", column: letter.column, found: letter.word, expected: "r, w, d, i or t")
        }
    }
}

extension WorkloadPlan {
    private static func known(
        _ name: String, _ column: Int, _ keys: [String: KeyInUse]
    ) throws(MalformedText) -> KeyInUse {
        if let key = keys[name] { return key }
        let nearest = NearestWord.suggestion(for: name, among: keys.keys.sorted())
        throw MalformedText(
            "operations", column: column, found: name,
            expected: "a key of the scenario's data" + (nearest.map { "; did you mean \($0)?" } ?? ""))
    }
}

extension PlannedOperation {
    package var text: String { "\(letter) \(name)" }

    /// What it does, as a plan's text says it.
    package var letter: String {
        switch self {
        case .read, .readMany: "r"
        case .write: "w"
        case .delete: "d"
        case .invalidate: "i"
        case .invalidateTag: "t"
        }
    }

    /// Of the key, of several with a plus between them, or of the tag.
    package var name: String {
        switch self {
        case .readMany(let keys): keys.map(\.name).joined(separator: "+")
        case .read(let key), .write(let key), .delete(let key), .invalidate(let key): key.name
        case .invalidateTag(let tag): tag
        }
    }
}
