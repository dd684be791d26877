import Foundation

/// Traps, and says why, if a property does not hold. `precondition` would trap without a word here: libFuzzer takes the
/// signal before the message is written.
func demand(_ isHeld: Bool, _ property: @autoclosure () -> String) {
    if isHeld { return }
    FileHandle.standardError.write(Data("fuzz: ERROR: \(property())\n".utf8))
    fatalError()
}
