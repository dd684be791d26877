import Checking
import History
import Scenarios

/// Reads recorded histories and asks checks of them.
public struct HistoryJudge: Sendable {
    /// What may be chosen.
    public struct Configuration: Sendable {
        /// What to ask. Empty: what the file says that it was recorded for, or else whether it is linearizable.
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

    let configuration: Configuration
    /// How many operations are read between two looks at the clock.
    private static let portion = 65_536

    public init(_ configuration: Configuration = Configuration()) { self.configuration = configuration }

    /// Judges one history.
    /// - Parameter file: a path; `-` for standard input.
    public func judge(_ file: String) -> HistoryResult {
        var result = HistoryResult(file: file)
        let start = ContinuousClock.now
        let deadline = configuration.timeLimit.map { start + $0 }
        do {
            try judge(file, until: deadline, &result)
        } catch let failure as HistoryResult.Failure {
            result.failure = failure
        } catch {
            result.failure = .unusable("\(error)")
        }
        result.duration = Double((ContinuousClock.now - start).nanoseconds) / 1e9
        return result
    }

    private func judge(_ file: String, until deadline: ContinuousClock.Instant?, _ result: inout HistoryResult) throws {
        var reader =
            file == "-"
            ? try HistoryReader(descriptor: 0, name: "standard input", format: configuration.format)
            : try HistoryReader(path: file, format: configuration.format)
        result.format = reader.format
        if configuration.isStreaming {
            try judgeWhileReading(&reader, until: deadline, of: file, &result)
        } else {
            let history = try read(&reader, until: deadline, of: file)
            result.operations = OperationCounts(history)
            result.keys = history.keys
            result.tagSets = history.tagSets
            for declaration in try declarations(reader.checks) {
                configuration.onProgress(.checking(file: file, check: declaration.word))
                let search = search(until: deadline, operations: history.operations.count)
                result.checks.append(declaration.check(searching: search).examine(history))
            }
        }
        if reader.counts.nemesisEvents > 0 {
            result.notes.append("\(reader.counts.nemesisEvents) events of the nemesis are no reads or writes")
        }
    }

    /// What to ask of a file.
    /// - Parameter declared: what the file says that it was recorded for.
    func declarations(_ declared: [String]) throws -> [CheckDeclaration] {
        var declarations = configuration.checks
        if declarations.isEmpty {
            declarations = try declared.map {
                try CheckDeclaration(
                    parsing: $0, source: "the checks that the file names", countingLoadsIn: .instance)
            }
        }
        if declarations.isEmpty { declarations = [.linearizable()] }
        return declarations.map { $0 == .linearizable() ? .linearizable(configuration.method) : $0 }
    }

    // MARK: Budgets

    private func read(
        _ reader: inout HistoryReader, until deadline: ContinuousClock.Instant?, of file: String
    ) throws -> History {
        var operations: [Operation] = []
        var mistakes = HistoryMistakes()
        var isMore = true
        while isMore {
            isMore = reader.readPortion(of: Self.portion, into: &operations, &mistakes)
            try checkBudget(operations.count, until: deadline)
            configuration.onProgress(.reading(file: file, operations: operations.count))
        }
        if let errors = mistakes.errors { throw errors }
        return History(operations: operations, keys: reader.keys, tagSets: reader.tagSets)
    }

    private func checkBudget(_ count: Int, until deadline: ContinuousClock.Instant?) throws {
        if let deadline, ContinuousClock.now > deadline {
            throw HistoryResult.Failure.budgetSpent("the time allowed was up after reading \(count) operations")
        }
        // Sorting takes as much again.
        if let limit = configuration.memoryLimit, 2 * count * MemoryLayout<Operation>.stride > limit {
            throw HistoryResult.Failure.budgetSpent(
                "\(count) operations need more memory than allowed; --stream needs less")
        }
    }

    private func search(until deadline: ContinuousClock.Instant?, operations: Int) -> LinearizableBySearch {
        var search = LinearizableBySearch()
        if let deadline {
            search.maximumSteps = Int.max
            search.isBudgetSpent = { ContinuousClock.now > deadline }
        }
        if let limit = configuration.memoryLimit {
            // A state of n operations takes n / 8 bytes, and about 60 for its place in a set.
            search.maximumStates = max(1_000, limit / (operations / 8 + 60))
        }
        return search
    }
}
