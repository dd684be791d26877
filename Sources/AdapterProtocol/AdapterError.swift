/// What an adapter did wrong.
package struct AdapterError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Reason: Error, Sendable, Equatable {
        /// A line of its output cannot be read: what was found, and what was expected.
        case notUnderstood(String)
        case lineTooLong(limit: Int)
        /// The output ended in the middle of a line.
        case halfLine
        /// An answer to what was never asked, or has been answered.
        case unknownRequest(Int64)
        case answeredTwice(Int64)
        /// A question with a number that is still open.
        case askedTwice(Int64)
        /// A question while too many others are open.
        case tooManyQuestions(limit: Int)
        /// It lives, and hears of no request any more.
        case inputClosed
        /// The stamps of an answer lie outside the time between the request and the answer.
        case stampsOutside(AdapterOperation, stamps: ClosedRange<Int64>, runner: ClosedRange<Int64>)
        /// A question says that it was asked later than it was received, or before the process was started.
        case questionOutside(stamp: Int64, runner: ClosedRange<Int64>)
        case noAnswer(AdapterOperation, Duration)
        case ended(String)
        /// An answer that does not fit its request.
        case wrongAnswer(AdapterOperation, String)
    }

    /// Counted from 0.
    package var instance: Int
    /// Of its standard output, counted from 1; `nil` if no line is to blame.
    package var line: Int?
    package var reason: Reason
    /// The beginning of that line.
    package var excerpt: String?
    /// The last lines of its standard error.
    package var standardError: String?
    /// What did it, in the words of a report.
    package var who = "adapter"

    package var description: String {
        var text = "the \(who) of instance \(instance + 1)"
        if let line { text += ", line \(line) of its output" }
        text += reason == .inputClosed ? " has closed its standard input" : ": \(reason.text)"
        if let excerpt { text += ". The line is: \(excerpt)" }
        if let standardError, !standardError.isEmpty { text += ". Its standard error ends with: \(standardError)" }
        return text
    }
}

extension AdapterError.Reason {
    /// One sentence without its full stop.
    package var text: String {
        switch self {
        case .notUnderstood(let what): "the line is not understood: \(what)"
        case .lineTooLong(let limit): "the line has more than \(limit) bytes"
        case .halfLine: "the output ends in the middle of the line"
        case .unknownRequest(let id): "the line answers request \(id), which was never made"
        case .answeredTwice(let id): "the line answers request \(id) for a second time"
        case .askedTwice(let number): "question \(number) is asked while another of that number is open"
        case .tooManyQuestions(let limit): "more than \(limit) questions are open"
        case .inputClosed: "it has closed its standard input"
        case .stampsOutside(let operation, let stamps, let runner):
            "the stamps of the \(operation.rawValue), \(stamps.lowerBound) to \(stamps.upperBound), lie outside the "
                + "time between the request and the answer, \(runner.lowerBound) to \(runner.upperBound) on the "
                + "machine's monotonic clock"
        case .questionOutside(let stamp, let runner):
            "the stamp of the question, \(stamp), lies outside the life of the process, \(runner.lowerBound) to "
                + "\(runner.upperBound) on the machine's monotonic clock"
        case .noAnswer(let operation, let limit): "the \(operation.rawValue) was not answered within \(limit)"
        case .ended(let how): "the process \(how)"
        case .wrongAnswer(let operation, let what): "the answer to \(operation.rawValue) is wrong: \(what)"
        }
    }
}
