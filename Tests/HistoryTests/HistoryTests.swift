import History
import Testing

@Suite("History")
struct HistoryTests {
    @Test("Operations are in order of their starts, ties by id")
    func order() {
        let history = History(
            operations: [
                Operation(id: 3, kind: .read, key: 0, start: 7, end: 9),
                Operation(id: 2, kind: .write, key: 0, start: 7, end: 7),
                Operation(id: 1, kind: .read, key: 0, start: 8, end: 9),
                Operation(id: 4, kind: .read, key: 0, start: -5, end: 9),
            ], keys: ["x"])
        #expect(history.operations.map(\.id) == [4, 2, 3, 1])
    }

    @Test("Operations without an id get one that no other has")
    func ids() {
        let history = History(
            operations: [
                Operation(kind: .read, key: 0, start: 1, end: 1),
                Operation(id: 9, kind: .read, key: 0, start: 2, end: 2),
                Operation(kind: .read, key: 0, start: 3, end: 3),
            ], keys: ["x"])
        #expect(Set(history.operations.map(\.id)).count == 3)
        #expect(!history.operations.contains { $0.id == 0 })
    }

    @Test("Numbers stand for keys and sets of tags")
    func names() {
        let history = History(
            operations: [
                Operation(id: 1, kind: .read, key: 1, tagSet: 1, start: 1, end: 1),
                Operation(id: 2, kind: .invalidateTag, tagSet: 2, start: 2, end: 2),
            ], keys: ["x", "y"], tagSets: [[], ["a", "b"], ["a"]])
        #expect(history.keyName(of: history.operations[0]) == "y")
        #expect(history.tags(of: history.operations[0]) == ["a", "b"])
        #expect(history.keyName(of: history.operations[1]) == nil)
    }

    @Test("An operation is small and without references")
    func size() {
        #expect(MemoryLayout<Operation>.stride <= 80)
        #expect(_isPOD(Operation.self))
    }

    @Test("Layers compare outwards and have names", arguments: Layer.allCases)
    func layers(layer: Layer) {
        #expect(Layer(name: layer.name) == layer)
        #expect(layer <= .origin)
        #expect(Layer(name: "L9") == nil)
    }
}
