import Foundation
import Scenarios

/// A scenario is refused with its mistakes, or read; its variants can then be listed.
enum ScenarioTarget {
    private static let loader = ScenarioLoader(targetsFolder: NSTemporaryDirectory())

    static func run(_ bytes: UnsafeRawBufferPointer) {
        do {
            switch try loader.loadAny(ScratchFile.holding(bytes)) {
            case .cluster(let declared): demand(!declared.variants().isEmpty, "a scenario has no variant")
            case .bridge: break
            }
        } catch {
            demand(!"\(error)".isEmpty, "an error says nothing")
        }
    }
}
