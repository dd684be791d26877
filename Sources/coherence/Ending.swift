import ArgumentParser
import Foundation
import Reporting

/// How the command ends.
enum Ending {
    /// The code to end with, where output was lost.
    ///
    /// A violation stays one, and so do a wrong call and an interruption. What says less than that was not said: a pass,
    /// a missed target and an unknown verdict become 70, or 141 if the reader did not want to hear it.
    static func code(_ code: Int32, after loss: StandardOutput.Loss?) -> Int32 {
        let verdicts: [Reporting.ExitCode] = [.pass, .targetMissed, .unknown]
        guard let loss, verdicts.map(\.rawValue).contains(code) else { return code }
        return (loss == .readerGone ? Reporting.ExitCode.readerGone : .internalError).rawValue
    }

    /// What to end with if a file that was asked for could not be written.
    static func withoutOutput(_ code: Reporting.ExitCode) -> ArgumentParser.ExitCode {
        ArgumentParser.ExitCode(Self.code(code.rawValue, after: .failed(EIO)))
    }

    /// Ends the process, and says what of its output was lost.
    static func exit(_ code: Int32) -> Never {
        StandardOutput.close()
        if case .failed(let number) = StandardOutput.loss {
            Console.error("coherence: standard output could not be written: \(String(cString: strerror(number)))")
        }
        Foundation.exit(Self.code(code, after: StandardOutput.loss))
    }
}
