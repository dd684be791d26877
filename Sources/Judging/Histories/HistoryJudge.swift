import Checking
import Foundation
import History
import Scenarios
import Support

import struct History.Operation

/// Reads recorded histories and asks checks of them.
public struct HistoryJudge: Sendable {
    /// What may be chosen.
    public struct Configuration: Sendable {
        /// What to ask. Empty: what the file says that it was recorded for, or else what a history with its promise is asked
        /// (``HistoryPromise``).
        public var checks: [CheckDeclaration] = []
        /// How linearizability is decided where a check does not say.
        public var method = CheckDeclaration.Method.automatic
        /// `nil`: the beginning of the file tells.
        public var format: HistoryFormat?
        /// Read and judge at once, in memory that does not grow with the history.
        public var isStreaming = false
        /// Give up after so long.
        public var timeLimit: Duration?
        /// Give up rather than hold more, in bytes.
        public var memoryLimit: Int?
        /// Told what is going on, now and then.
        public var onProgress: @Sendable (Progress) -> Void = { _ in }

        public init() {}
    }

    /// What is going on.
    public enum Progress: Sendable {
        case reading(file: String, operations: Int)
        case checking(file: String, check: String)
    }

    package let configuration: Configuration
    /// How many operations are read between two looks at the clock.
    private static let portion = 65_536

    public init(_ configuration: Configuration = Configuration()) { self.configuration = configuration }

    /// How long after the deadline what asks the clock itself has to come to an end, before it is given up.
    private static let grace = Duration.milliseconds(200)

    /// Judges one history. With a time limit it returns soon after that is up, whatever is under way.
    /// - Parameter file: a path; `-` for standard input.
    public func judge(_ file: String) -> HistoryResult {
        let start = ContinuousClock.now
        var result =
            if let limit = configuration.timeLimit {
                judge(file, until: start + limit)
            } else {
                judge(file, until: nil) { _ in }
            }
        result.duration = Double((ContinuousClock.now - start).nanoseconds) / 1e9
        return result
    }

    /// Judges in a thread of its own, and gives it up if it does not come to an end: not all checks ask the clock, nor does
    /// the system while it opens a file of a network that is gone.
    private func judge(_ file: String, until deadline: ContinuousClock.Instant) -> HistoryResult {
        let latest = LatestResult(HistoryResult(file: file))
        let isDone = DispatchSemaphore(value: 0)
        let thread = Thread {
            let result = judge(file, until: deadline) { latest.result = $0 }
            latest.result = result
            isDone.signal()
        }
        thread.stackSize = 1 << 24
        thread.start()
        let left = max(.zero, ContinuousClock.now.duration(to: deadline + Self.grace))
        let nanoseconds = Int(clamping: left.nanoseconds)
        guard isDone.wait(timeout: .now() + .nanoseconds(nanoseconds)) == .timedOut else { return latest.result }
        var result = latest.result
        result.failure = .budgetSpent("the time allowed was up")
        return result
    }

    /// - Parameter publish: is told what is known so far.
    private func judge(
        _ file: String, until deadline: ContinuousClock.Instant?, publish: (HistoryResult) -> Void
    ) -> HistoryResult {
        var result = HistoryResult(file: file)
        do {
            try judge(file, until: deadline, &result, publish)
        } catch let failure as HistoryResult.Failure {
            result.failure = failure
        } catch  where deadline.map({ ContinuousClock.now >= $0 }) ?? false {
            result.failure = .budgetSpent("the time allowed was up before all was read")
        } catch {
            result.failure = .unusable("\(error)")
        }
        return result
    }

    private func judge(
        _ file: String, until deadline: ContinuousClock.Instant?, _ result: inout HistoryResult,
        _ publish: (HistoryResult) -> Void
    ) throws {
        var reader =
            file == "-"
            ? try HistoryReader(
                descriptor: 0, name: "standard input", format: configuration.format, deadline: deadline)
            : try HistoryReader(path: file, format: configuration.format, deadline: deadline)
        result.format = reader.format
        if configuration.isStreaming {
            try judgeWhileReading(&reader, until: deadline, of: file, &result)
        } else {
            let history = try read(&reader, until: deadline, of: file, &result)
            result.operations = OperationCounts(history)
            result.keys = history.keys
            result.tagSets = history.tagSets
            publish(result)
            let search = search(of: reader.format, until: deadline, operations: history.operations.count)
            for declaration in try declarations(reader.checks, of: history, &result) {
                configuration.onProgress(.checking(file: file, check: declaration.word))
                result.checks.append(declaration.check(searching: search).examine(history))
                publish(result)
                if let deadline, ContinuousClock.now > deadline, result.checks.last?.verdict != .violation {
                    throw HistoryResult.Failure.budgetSpent("the time allowed was up during \(declaration.word)")
                }
            }
            let values = WrittenValues().examine(history)
            if values.violationCount > 0 { result.checks.append(values) }
        }
        result.leaveOutUnexamined()
        if reader.counts.nemesisEvents > 0 {
            result.notes.append("\(reader.counts.nemesisEvents) events of the nemesis are no reads or writes")
        }
    }

    /// What somebody said that a file is to be asked; `nil` if nobody did.
    /// - Parameter declared: what the file says that it was recorded for.
    package func declarations(_ declared: [String]) throws -> [CheckDeclaration]? {
        var declarations = configuration.checks
        if declarations.isEmpty {
            declarations = try declared.map {
                try CheckDeclaration(
                    parsing: $0, source: "the checks that the file names", countingLoadsIn: .instance)
            }
        }
        // A method is a way to decide whether a history is linearizable.
        if declarations.isEmpty && configuration.method != .automatic { declarations = [.linearizable()] }
        return declarations.isEmpty ? nil : declarations.map(withMethod)
    }

    /// What to ask of a history: what somebody said, or else what its promise decides.
    private func declarations(
        _ declared: [String], of history: History, _ result: inout HistoryResult
    ) throws -> [CheckDeclaration] {
        if let declarations = try declarations(declared) { return declarations }
        var evidence = HistoryEvidence()
        for operation in history.operations { evidence.add(operation) }
        let checks = evidence.promise.checks().map(withMethod)
        result.choice = HistoryChoice(promise: evidence.promise, checks: checks.map(\.word))
        return checks
    }

    /// Linearizability by the method that was chosen.
    func withMethod(_ declaration: CheckDeclaration) -> CheckDeclaration {
        declaration == .linearizable() ? .linearizable(configuration.method) : declaration
    }

    // MARK: Budgets

    private func read(
        _ reader: inout HistoryReader, until deadline: ContinuousClock.Instant?, of file: String,
        _ result: inout HistoryResult
    ) throws -> History {
        var operations: [Operation] = []
        var mistakes = HistoryErrorCollector()
        var isMore = true
        while isMore {
            isMore = reader.readPortion(of: Self.portion, into: &operations, &mistakes)
            // Before the mistakes: one of them may be that nothing came any more.
            do {
                try checkBudget(operations.count, until: deadline)
            } catch {
                result.operations.add(operations)
                throw error
            }
            configuration.onProgress(.reading(file: file, operations: operations.count))
        }
        if let errors = mistakes.errors { throw errors }
        return History(operations: operations, keys: reader.keys, tagSets: reader.tagSets)
    }

    private func checkBudget(_ count: Int, until deadline: ContinuousClock.Instant?) throws {
        if let deadline, ContinuousClock.now >= deadline {
            throw HistoryResult.Failure.budgetSpent(
                "the time allowed was up after reading \(count) \(count == 1 ? "operation" : "operations")")
        }
        // Sorting takes as much again.
        if let limit = configuration.memoryLimit, 2 * count * MemoryLayout<Operation>.stride > limit {
            throw HistoryResult.Failure.budgetSpent(
                "\(count) operations need more memory than allowed; --stream needs less")
        }
    }

    private func search(
        of format: HistoryFormat, until deadline: ContinuousClock.Instant?, operations: Int
    ) -> LinearizableBySearch {
        var search = LinearizableBySearch()
        // Such a log tells a register that holds 0 from one that holds nothing.
        if format == .jepsenLog { search.isZeroAValue = true }
        if let deadline {
            search.maximumSteps = Int.max
            search.isBudgetSpent = { ContinuousClock.now >= deadline }
        }
        if let limit = configuration.memoryLimit {
            // A state of n operations takes n / 8 bytes, and about 60 for its place in a set.
            search.maximumStates = max(1_000, limit / (operations / 8 + 60))
        }
        return search
    }
}

/// What is known of a history that a thread is judging.
private final class LatestResult: Sendable {
    private let lock: Lock<HistoryResult>

    init(_ result: HistoryResult) { lock = Lock(result) }

    var result: HistoryResult {
        get { lock.withLock { $0 } }
        set { lock.withLock { $0 = newValue } }
    }
}
