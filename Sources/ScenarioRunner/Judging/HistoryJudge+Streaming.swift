import Checking
import History
import Scenarios

import struct History.Operation

extension HistoryJudge {
    /// Reads and judges at once, portion by portion.
    func judgeWhileReading(
        _ reader: inout HistoryReader, until deadline: ContinuousClock.Instant?, of file: String,
        _ result: inout HistoryResult
    ) throws {
        var checks: [any StreamingCheck] = []
        var mistakes = HistoryMistakes()
        var numbered: Int64 = 0
        var disorder: StreamError?
        var operations: [Operation] = []
        var isMore = true
        while isMore {
            operations.removeAll(keepingCapacity: true)
            isMore = reader.readPortion(of: Self.streamedPortion, into: &operations, &mistakes)
            guard mistakes.errors == nil else { continue }
            let names = OperationNames(keys: reader.keys, tagSets: reader.tagSets)
            // What the file says that it was recorded for stands before its operations.
            if checks.isEmpty { checks = try streamingChecks(reader.checks, names) }
            for index in operations.indices where operations[index].id == 0 {
                numbered += 1
                operations[index].id = Self.firstNumber + numbered
            }
            for index in checks.indices {
                checks[index].names = names
                do throws(StreamError) {
                    try checks[index].observe(contentsOf: operations)
                } catch {
                    disorder = disorder ?? error
                }
            }
            result.operations.add(operations)
            configuration.onProgress(.reading(file: file, operations: reader.counts.operations))
            if let disorder {
                throw HistoryResult.Failure.unusable("\(file): \(disorder); without --stream any order will do")
            }
            if let deadline, ContinuousClock.now > deadline {
                throw HistoryResult.Failure.budgetSpent(
                    "the time allowed was up after \(reader.counts.operations) operations")
            }
        }
        if let errors = mistakes.errors { throw errors }
        result.keys = reader.keys
        result.tagSets = reader.tagSets
        for var check in checks { result.checks.append(check.finish()) }
    }

    private static let streamedPortion = 4_096
    /// Ids that files give are smaller, so operations without one are numbered from here.
    private static let firstNumber: Int64 = 1 << 62

    private func streamingChecks(_ declared: [String], _ names: OperationNames) throws -> [any StreamingCheck] {
        try declarations(declared).map { declaration in
            guard let check = declaration.streamingCheck(names: names) else {
                let can = CheckDeclaration.streamedWords.joined(separator: ", ")
                throw HistoryResult.Failure.unusable(
                    "\(declaration.word) takes the whole history, and cannot be asked with --stream; these can: \(can)")
            }
            return check
        }
    }
}
