import Checking
import History
import Testing

@Suite("Isolation")
struct IsolationTests {
    let check = Isolation()

    @Test("Values seen under their own keys pass")
    func passes() {
        expectPass(
            check,
            in: diagram(
                """
                A1 write prod:2x #1    [-]
                A1 write prod2:x #2    [-]
                B1 read prod:2x #1         [-]
                B inspect prod2:x #2 L2    [-]
                B1 read prod2:x #9         [-]
                """))
    }

    @Test("A value seen under another key is proven by its write and the read")
    func catches() {
        expect(
            check, finds: [[1, 3], [2, 4]],
            in: diagram(
                """
                A1 write prod:2x 1 #1    [-]
                A1 write prod2:x 1 #2    [-]
                B1 read prod2:x 1 #1         [-]
                B inspect prod:2x 1 #2 L2    [-]
                """))
    }

    @Test("Versions alone say nothing across keys")
    func unknown() {
        expectUnknown(check, in: diagram(""))
        expectUnknown(
            check,
            in: diagram(
                """
                A1 write x 1    [-]
                A1 write y 1    [-]
                B1 read y 1         [-]
                """))
        expectUnknown(
            check,
            in: diagram(
                """
                A1 write x #1          [-]
                A1 write y unknown     [-]
                B1 read y #1               [-]
                """))
    }
}
