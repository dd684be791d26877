import Foundation
import History

/// A history is refused with its mistakes, or read; one that was read can be written, is the same when it is read again,
/// and then is written as the same bytes.
enum HistoryTarget {
    static func run(_ bytes: UnsafeRawBufferPointer, format: HistoryFormat?) {
        let path = ScratchFile.holding(bytes)
        let history: History
        do {
            history = try History(contentsOf: path, format: format)
        } catch {
            demand(!"\(error)".isEmpty, "an error says nothing")
            return
        }
        for written in [HistoryFormat.jsonLines, .registerText] {
            do { try history.write(to: path, format: written) } catch {
                // Register text cannot express everything; JSON Lines what was read from it, at least.
                demand(written == .registerText || format != .jsonLines, "it could be read, but not written: \(error)")
                continue
            }
            let first = FileManager.default.contents(atPath: path)
            do {
                let again = try History(contentsOf: path, format: written)
                if written == .jsonLines { demand(again == history, "it is not what was written") }
                try again.write(to: path, format: written)
            } catch {
                demand(false, "what was written could not be read: \(error)")
            }
            demand(first == FileManager.default.contents(atPath: path), "the same history is written differently")
        }
    }
}
