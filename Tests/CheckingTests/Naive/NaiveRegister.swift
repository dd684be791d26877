import Checking
import History

/// One copy of the data of one key, against which every order of the operations is tried.
///
/// "The reads with outcome `ok`, the writes and deletes with outcome `ok`, and any of the writes and deletes with
/// outcome `unknown` have an order that contains *precedes*, and in which each read returns what was written last."
struct NaiveRegister {
    private let byVersions: Bool
    private let operations: [Operation]
    /// Versions for which a write of unknown outcome and version 0 may stand: those that were read and "that no write
    /// with outcome `ok` or `unknown` names".
    private let guesses: Set<Int64>
    /// "Without versions, 0 is another word for nothing, unless somebody wrote a 0 to the key and somebody who found
    /// nothing said `absent`. Then it is a value."
    private let isZeroAValue: Bool

    init(reads: [Operation], writes: [Operation], byVersions: Bool) {
        self.byVersions = byVersions
        operations = reads + writes.filter { $0.outcome != .failed }
        isZeroAValue =
            reads.contains(where: \.isAbsent)
            && writes.contains { $0.kind == .write && $0.value == 0 && $0.outcome != .failed }
        guesses = Set(reads.map(\.version)).subtracting(writes.filter { $0.outcome != .failed }.map(\.version))
    }

    /// Whether an order exists.
    var hasOrder: Bool {
        var isPlaced = Array(repeating: false, count: operations.count)
        return hasOrder(&isPlaced, content: Content(label: 0, isNothing: true), guessed: [])
    }

    private struct Content {
        /// A version or a value.
        var label: Int64
        var isNothing: Bool
    }

    private func hasOrder(_ isPlaced: inout [Bool], content: Content, guessed: Set<Int64>) -> Bool {
        let remaining = operations.indices.filter { !isPlaced[$0] }
        if remaining.allSatisfy({ operations[$0].outcome == .unknown }) { return true }
        for index in remaining {
            let operation = operations[index]
            if remaining.contains(where: { operations[$0].precedes(operation) }) { continue }
            for next in contents(after: operation, content, guessed) {
                isPlaced[index] = true
                defer { isPlaced[index] = false }
                if hasOrder(
                    &isPlaced, content: next, guessed: isGuess(operation) ? guessed.union([next.label]) : guessed)
                {
                    return true
                }
            }
        }
        return false
    }

    private func isGuess(_ operation: Operation) -> Bool {
        byVersions && operation.isWriteOrDelete && operation.outcome == .unknown && operation.version == 0
    }

    /// What may be there after an operation; nothing if it cannot happen now.
    private func contents(after operation: Operation, _ content: Content, _ guessed: Set<Int64>) -> [Content] {
        if operation.isWriteOrDelete {
            let isNothing = operation.isTombstoneWrite
            if !byVersions { return [Content(label: operation.value, isNothing: isNothing)] }
            // "Versions also rise strictly from write to write."
            let versions = isGuess(operation) ? guesses.subtracting(guessed) : [operation.version]
            return versions.filter { $0 > content.label }.map { Content(label: $0, isNothing: isNothing) }
        }
        guard byVersions else {
            if isZeroAValue && operation.value == 0 && operation.isAbsent != content.isNothing { return [] }
            return operation.value == content.label ? [content] : []
        }
        // "An absent read by versions stands for any tombstone's version, or for 0."
        let isRight = operation.isAbsentRead ? content.isNothing : operation.version == content.label
        return isRight ? [content] : []
    }
}

enum NaiveLinearizability {
    static func byVersions(_ history: History) -> NaiveRuling {
        judge(history) { $0.areVersions ? true : nil }
    }

    static func byZones(_ history: History) -> NaiveRuling {
        judge(history) { $0.areUniqueValues ? false : nil }
    }

    static func bySearch(_ history: History) -> NaiveRuling {
        judge(history) { $0.areVersions ? true : $0.areValues ? false : nil }
    }

    /// - Parameter isByVersions: of a key; `nil` if it is not judged.
    private static func judge(_ history: History, _ isByVersions: (NaiveNames) -> Bool?) -> NaiveRuling {
        var ruling = NaiveRuling()
        for (reads, writes, names) in history.registers {
            guard let isByVersions = isByVersions(names) else {
                ruling.isDoubtful = true
                continue
            }
            // "A key of which nothing was read is not examined, but its writes are judged."
            ruling.examined += reads.count
            let register = NaiveRegister(reads: reads, writes: writes, byVersions: isByVersions)
            if !register.hasOrder { ruling.broken += 1 }
        }
        return ruling
    }
}
