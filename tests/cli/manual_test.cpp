#include "sae/cli/manual.hpp"

#include "catch.hpp"

using namespace sae;
using sae::test::ContainsSubstring;

namespace {

/// A program with one command, whose one option has this help.
ProgramDescription one_option(const std::string& help) {
    const CommandDescription command{"pro-gram",
                                     "try",
                                     "Tries\nthis. And more.",
                                     {{"size", "N", help, "Sizes"}, {"config", "FILE", "read it", "General"}},
                                     {{"one", "pro-gram try --size 1"}}};
    return {"pro-gram",    "1.2.3",   "a program", {command}, ".SH DESCRIPTION\nIt is.\n",
            ".SH FILES\n", {"mpirun"}};
}

}  // namespace

TEST_CASE("nothing in a text is taken for roff's own") {
    const std::string page = manual_pages(one_option(".so it's \\fB-1\\fR\n'or \"^~`"))[1].text;
    CHECK_THAT(page, ContainsSubstring("\n\\&.so it\\(aqs \\efB\\-1\\efR \\(aqor \\(dq\\(ha\\(ti\\(ga\n"));
    CHECK_THAT(page, ContainsSubstring("\nTries this. And more.\n"));
}

TEST_CASE("the page of the program leads to its commands, and theirs back") {
    const std::vector<ManualPage> pages = manual_pages(one_option("how much"));
    REQUIRE(pages.size() == 2);
    CHECK(pages[0].name == "pro-gram.1");
    CHECK(pages[1].name == "pro-gram-try.1");
    CHECK(pages[0].text ==
          ".TH PRO\\-GRAM 1 \"\" \"pro\\-gram 1.2.3\" \"User Commands\"\n.nh\n.ad l\n.SH NAME\npro\\-gram "
          "\\- a "
          "program\n.SH DESCRIPTION\nIt is.\n.SH COMMANDS\n.TP\n.BR pro\\-gram\\-try (1)\nTries this\n.SH "
          "FILES\n.SH "
          "EXAMPLES\n.PP\none:\n.PP\n.RS 4\n.nf\npro\\-gram try \\-\\-size 1\n.fi\n.RE\n.SH SEE ALSO\n.BR "
          "pro\\-gram\\-try (1),\n.BR mpirun (1)\n");
    CHECK_THAT(pages[1].text, ContainsSubstring(".SH SEE ALSO\n.BR pro\\-gram (1),\n.BR mpirun (1)\n"));
}

TEST_CASE("the completion knows commands, options and what they take") {
    const std::string script = bash_completion(one_option("how much"));
    CHECK_THAT(script, ContainsSubstring("commands='try '") && ContainsSubstring("_pro_gram() {\n") &&
                           ContainsSubstring("try) options=' --size=N --config=FILE ' ;;") &&
                           ContainsSubstring("complete -F _pro_gram pro-gram\n"));
}
