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
        var mistakes = HistoryErrorCollector()
        var numbered: Int64 = 0
        var disorder: StreamError?
        var operations: [Operation] = []
        // What the history promises is known at its end. If nobody said what to ask, all that may be asked is.
        var evidence: HistoryEvidence?
        var values = WrittenValuesTally()
        var isMore = true
        while isMore {
            operations.removeAll(keepingCapacity: true)
            isMore = reader.readPortion(of: Self.streamedPortion, into: &operations, &mistakes)
            try checkTime(deadline, reader.counts.operations)
            guard mistakes.errors == nil else { continue }
            let names = OperationNames(keys: reader.keys, tagSets: reader.tagSets)
            // What the file says that it was recorded for stands before its operations.
            if checks.isEmpty {
                let declared = try declarations(reader.checks)
                if declared == nil { evidence = HistoryEvidence() }
                checks = try declared.map { try streamingChecks($0, names) } ?? allStreamingChecks(names)
            }
            if evidence != nil {
                for operation in operations { evidence?.add(operation) }
            }
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
            values.observe(operations)
            result.operations.add(operations)
            configuration.onProgress(.reading(file: file, operations: reader.counts.operations))
            if let disorder {
                throw HistoryResult.Failure.unusable("\(file): \(disorder); without --stream any order will do")
            }
        }
        if let errors = mistakes.errors { throw errors }
        result.keys = reader.keys
        result.tagSets = reader.tagSets
        for var check in checks { result.checks.append(check.finish()) }
        if let evidence { choose(by: evidence.promise, &result) }
        if let report = values.report(keys: result.keys, tagSets: result.tagSets) { result.checks.append(report) }
    }

    private func checkTime(_ deadline: ContinuousClock.Instant?, _ count: Int) throws {
        guard let deadline, ContinuousClock.now >= deadline else { return }
        throw HistoryResult.Failure.budgetSpent("the time allowed was up after \(count) operations")
    }

    /// Keeps what a history with this promise is asked.
    private func choose(by promise: HistoryPromise, _ result: inout HistoryResult) {
        let chosen = promise.checks().map(\.word)
        // Streamed, linearizability is decided by versions.
        result.checks.removeAll { report in !chosen.contains { report.check.hasPrefix($0) } }
        let asked = chosen.filter { word in result.checks.contains { $0.check.hasPrefix(word) } }
        result.choice = HistoryChoice(promise: promise, checks: asked)
        for word in chosen where !asked.contains(word) {
            result.notes.append("\(word) takes the whole history, and was not asked with --stream")
        }
    }

    private static let streamedPortion = 4_096
    /// Ids that files give are smaller, so operations without one are numbered from here.
    private static let firstNumber: Int64 = 1 << 62

    /// What a history of any promise is asked, as far as it can be streamed.
    private func allStreamingChecks(_ names: OperationNames) -> [any StreamingCheck] {
        HistoryPromise.allChecks.compactMap { withMethod($0).streamingCheck(names: names) }
    }

    private func streamingChecks(
        _ declarations: [CheckDeclaration], _ names: OperationNames
    ) throws -> [any StreamingCheck] {
        try declarations.map { declaration in
            guard let check = declaration.streamingCheck(names: names) else {
                let can = CheckDeclaration.streamedWords.joined(separator: ", ")
                throw HistoryResult.Failure.unusable(
                    "\(declaration.word) takes the whole history, and cannot be asked with --stream; these can: \(can)")
            }
            return check
        }
    }
}
