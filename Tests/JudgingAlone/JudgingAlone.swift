import Judging

/// Judges histories with what `coherence check` judges them with, and links nothing else: it shows that neither Redis
/// nor a database nor what starts processes is needed for it.
///
///     judging-alone FILE…    a line for each: its verdict, and the file
@main
enum JudgingAlone {
    static func main() {
        for file in CommandLine.arguments.dropFirst() {
            let result = HistoryJudge().judge(file)
            print("\(result.verdict.rawValue) \(file)")
        }
    }
}
