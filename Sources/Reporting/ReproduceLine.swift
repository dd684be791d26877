import BridgeTrial
import History
import Judging
import Scenarios

/// The command line that runs again exactly what a report tells of.
package enum ReproduceLine {
    /// - Parameter redis: the server's URL, without its password; `nil` for a private one.
    package static func of(_ result: ScenarioResult, redis: String?) -> String {
        var words = ["coherence run \(ShellWord.quoted(result.file))"]
        if !result.variant.isEmpty { words.append("--variant \(ShellWord.quoted(result.variant))") }
        words.append("--seed \(result.runSeed ?? result.seed)")
        if result.world != .live { words.append("--world \(result.world.rawValue)") }
        words += options(result.overrides)
        words += result.defects.sorted().map { "--defect \($0)" }
        if let command = result.subjectOption { words.append("--subject \(ShellWord.quoted(command))") }
        if let redis, result.world == .live { words.append("--redis \(ShellWord.quoted(redis))") }
        return words.joined(separator: " ")
    }

    /// What was put in place of what a file says.
    package static func options(_ overrides: [String]) -> [String] { overrides.map { "--set \(ShellWord.quoted($0))" } }

    package static func of(_ run: BridgeRun, redis: String?) -> String {
        (["coherence run \(ShellWord.quoted(run.scenario.file))"] + options(run.scenario.overrides))
            .joined(separator: " ")
            + (redis.map { " --redis \(ShellWord.quoted($0))" } ?? "")
    }
}

/// An argument as a shell reads it back to the same text.
public enum ShellWord {
    /// In single quotes; a text that is not printable in `$'…'`, which bash, zsh and ksh know.
    public static func quoted(_ text: String) -> String {
        guard !text.isPrintable else { return "'\(text.replacing("'", with: #"'\''"#))'" }
        let words = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\\", "'": "\\\(scalar)"
            case _ where scalar.isPrintable: String(scalar)
            default: String(scalar).utf8.map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            }
        }
        return "$'\(words.joined())'"
    }
}
