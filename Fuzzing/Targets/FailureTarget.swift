import Scenarios
import Simulation

/// A saved failure is refused with its mistakes, or read; then its schedule is refused, or is the same as text.
enum FailureTarget {
    static func run(_ bytes: UnsafeRawBufferPointer) {
        let saved: SavedFailure
        do {
            saved = try SavedFailureLoader().load(ScratchFile.holding(bytes)).failure
        } catch {
            demand(!"\(error)".isEmpty, "an error says nothing")
            return
        }
        guard let token = try? ReplayToken(saved.schedule) else { return }
        guard let again = try? ReplayToken(token.description) else { return demand(false, "\(token) is not read") }
        demand(again == token, "\(token) is read as \(again)")
    }
}
