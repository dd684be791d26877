import History
import Judging
import Support

import struct History.Operation

/// Collects why operations of a run failed, and what adapters say for people. What it holds is bounded, whatever comes.
package final class TroubleLedger: Sendable {
    private struct Group: Hashable {
        let operation: Operation.Kind
        let isUnknown: Bool
        /// With every row of digits as one sign.
        let text: String
    }

    private struct State {
        var record = TroubleRecord()
        /// Where in the record a group is.
        var places: [Group: Int] = [:]
    }

    /// More reasons than these are counted only.
    static let mostReasons = 50
    static let mostLogLines = 20
    static let longestText = 300

    private let state = Lock(State())

    /// Empty.
    package init() {}

    /// An operation did not succeed.
    /// - Parameters:
    ///   - isUnknown: whether it may have had its effect.
    ///   - instance: counted from 0.
    ///   - times: how many operations had this reason.
    func note(_ operation: Operation.Kind, isUnknown: Bool, instance: Int, _ reason: String, times: Int = 1) {
        let text = Self.bounded(reason.isEmpty ? "no reason was given" : reason)
        let group = Group(operation: operation, isUnknown: isUnknown, text: Self.withoutDigits(text))
        state.withLock { state in
            guard let place = state.places[group] ?? Self.place(for: group, text, &state) else {
                state.record.others += times
                return
            }
            state.record.reasons[place].count += times
            state.record.reasons[place].instances[instance, default: 0] += times
        }
    }

    private static func place(for group: Group, _ text: String, _ state: inout State) -> Int? {
        let place = state.record.reasons.count
        guard place < mostReasons else { return nil }
        state.record.reasons.append(
            TroubleRecord.Reason(operation: "\(group.operation)", isUnknown: group.isUnknown, text: text))
        state.places[group] = place
        return place
    }

    /// A read of a warming left its key cold.
    func noteWarming(instance: Int, _ reason: String) {
        note(.read, isUnknown: false, instance: instance, "while it was being warmed: \(reason)")
    }

    /// An adapter said something for people.
    func log(_ level: String, _ text: String, instance: Int) {
        state.withLock { state in
            guard state.record.logs.count < Self.mostLogLines else {
                state.record.moreLogs += 1
                return
            }
            state.record.logs.append(
                TroubleRecord.LogLine(
                    instance: instance, level: Self.bounded(level, to: 20), text: Self.bounded(text)))
        }
    }

    /// A read found nothing, and asked nobody.
    func missed() { state.withLock { $0.record.misses += 1 } }

    /// What has been collected, the most frequent reasons first.
    package var record: TroubleRecord {
        var record = state.withLock { $0.record }
        record.reasons.sort { ($1.count, $0.operation, $0.text) < ($0.count, $1.operation, $1.text) }
        return record
    }

    private static func bounded(_ text: String, to length: Int = longestText) -> String {
        // Of a text of megabytes only the beginning is looked at.
        let start = String(decoding: text.utf8.prefix(8 * length), as: UTF8.self).printable
        return start.count > length || text.utf8.count > 8 * length ? start.prefix(length) + "…" : start
    }

    private static func withoutDigits(_ text: String) -> String {
        var result = ""
        var isInNumber = false
        for character in text.unicodeScalars {
            let isDigit = ("0"..."9").contains(character)
            if !isDigit { result.unicodeScalars.append(character) } else if !isInNumber { result.append("0") }
            isInNumber = isDigit
        }
        return result
    }
}
