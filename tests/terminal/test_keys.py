"""Keys: what each does, what none may do."""
import os

from terminal import Site, case, run

OVERVIEW, LINE, TAGS, HEALTH = r"OVERVIEW", r"> Stamping > Press line", r"Works TAGS", r"Works HEALTH"


def started(site, *args, **options):
    screen = site.screen(*args, **options)
    screen.wait_for(OVERVIEW, "Press line", r"link +\d")
    return screen


@case
def digits_go_to_the_views_and_those_without_one_do_nothing():
    with Site() as site, started(site) as screen:
        for key, view in (("2", LINE), ("3", TAGS), ("4", HEALTH), ("1", OVERVIEW), ("3", TAGS)):
            screen.keys(key)
            screen.wait_for(view)
        screen.keys("5", "6", "7", "8", "9", "2")
        screen.wait_for(LINE)


@case
def enter_drills_down_and_esc_goes_back_and_never_quits():
    with Site() as site, started(site) as screen:
        screen.keys("Enter")
        screen.wait_for(LINE, "VALUES of Press line")
        screen.keys("Enter")
        screen.wait_for("VALUES of .*p01")
        screen.keys("Tab", "Down", "Enter")
        screen.wait_for("FACEPLATE", "Esc close")
        screen.keys("Escape")
        screen.wait_gone("FACEPLATE")
        for _ in range(6):
            screen.keys("Escape")
        screen.wait_for(OVERVIEW)
        for _ in range(20):
            screen.keys("Escape")
        screen.keys("4")
        screen.wait_for(HEALTH)


@case
def minus_returns_to_the_last_view():
    with Site() as site, started(site) as screen:
        screen.keys("4")
        screen.wait_for(HEALTH)
        screen.keys("-")
        screen.wait_for(OVERVIEW)
        screen.keys("-")
        screen.wait_for(HEALTH)


@case
def question_mark_and_f1_open_help_for_this_view():
    with Site() as site, started(site) as screen:
        screen.keys("?")
        screen.wait_for("HELP", "EVERYWHERE", "OVERVIEW")
        screen.keys("Escape")
        screen.wait_gone("HELP")
        screen.keys("3", "F1")
        screen.wait_for("HELP", "^TAGS")
        screen.keys("?")
        screen.wait_gone("HELP")


@case
def a_filter_is_seen_in_the_title_and_esc_clears_it():
    with Site() as site, started(site) as screen:
        screen.keys("/")
        screen.type("trim")
        screen.wait_for("^/trim")
        screen.wait_gone("Press line")
        screen.keys("Enter")
        screen.wait_for("OVERVIEW +/trim", "Trim line")
        screen.keys("Escape")
        screen.wait_for("Press line", "Trim line")
        screen.wait_gone("/trim")


@case
def an_inverse_filter_hides_what_matches_and_esc_while_typing_keeps_the_old_one():
    with Site() as site, started(site) as screen:
        screen.keys("/")
        screen.type("!trim")
        screen.keys("Enter")
        screen.wait_for("/!trim", "Press line")
        screen.wait_gone("Trim line")
        screen.keys("/")
        screen.type("xyz")
        screen.wait_for("^/!trimxyz")
        screen.keys("Escape")
        screen.wait_for("/!trim ", "Press line")


@case
def commands_complete_by_tab_and_are_recalled():
    with Site() as site, started(site) as screen:
        screen.type(":vi")
        screen.keys("Tab")
        screen.wait_for("^:view")
        screen.type("h")
        screen.keys("Tab")
        screen.wait_for("^:view health")
        screen.keys("Enter")
        screen.wait_for(HEALTH)
        screen.type(":view tags")
        screen.keys("Enter")
        screen.wait_for(TAGS)
        screen.type(":")
        screen.keys("Up", "Up")
        screen.wait_for("^:view health")
        screen.keys("Down")
        screen.wait_for("^:view tags")
        screen.keys("Up", "Enter")
        screen.wait_for(HEALTH)


@case
def an_unknown_command_names_the_nearest():
    with Site() as site, started(site) as screen:
        screen.type(":veiw")
        screen.keys("Enter")
        screen.wait_for('no command "veiw": did you mean view')
        screen.type(":view nowhere")
        screen.keys("Enter")
        screen.wait_for('no view "nowhere": there are overview, line, tags, health')
        screen.type(":goto l2")
        screen.keys("Enter")
        screen.wait_for("Stamping > Trim line")


@case
def the_line_is_edited_where_the_cursor_is():
    with Site() as site, started(site) as screen:
        screen.type(":vew tag")
        screen.keys("Home", "Right")
        screen.type("i")
        screen.keys("End")
        screen.type("sx")
        screen.keys("BSpace")
        screen.wait_for("^:view tags")
        screen.wait_variables(cursor_flag="1")  # where one types
        screen.keys("Enter")
        screen.wait_for(TAGS)
        screen.wait_variables(cursor_flag="0")
        screen.type(":abc")
        screen.keys("C-u")
        screen.wait_for("^:$")
        screen.keys("BSpace")
        screen.wait_for("Enter faceplate")


@case
def space_freezes_the_panels_and_thaws_them():
    with Site() as site, started(site) as screen:
        site.publish(st="Execute", oil=50.1)
        screen.wait_for("Press line +run")
        screen.keys("Space")
        screen.wait_for("FROZEN since")
        site.publish(st="Aborted", oil=50.1)
        screen.keys("4")
        screen.resize(80, 60)
        screen.wait_for(HEALTH, "samples so far +2")  # the frozen one
        screen.resize(80, 24)
        screen.keys("1")
        screen.wait_for("FROZEN since", "Press line +run")
        screen.keys("Space")
        screen.wait_for("Press line +STOP")
        screen.wait_gone("FROZEN")


@case
def q_leaves_the_terminal_as_it_was():
    with Site() as site, started(site) as screen:
        screen.wait_variables(alternate_on="1", cursor_flag="0")
        screen.keys("q")
        screen.ends(0)
        screen.terminal_is_as_before()


@case
def ctrl_c_leaves_whatever_is_open():
    for opened in ("", "?", ":", "/"):
        with Site() as site, started(site) as screen:
            if opened:
                screen.keys(opened)
            screen.keys("C-c")
            screen.ends(0)
            screen.terminal_is_as_before()


@case
def a_split_arrow_key_harms_nothing():
    with Site() as site, started(site, ESCDELAY="0") as screen:
        screen.keys("3")
        screen.wait_for(TAGS)
        for final in b"ABCD":
            screen.bytes(b"\x1b")
            screen.bytes(b"[")
            screen.bytes(bytes([final]))
            screen.bytes(b"\x1bO")
            screen.bytes(bytes([final]))
        screen.wait_for(TAGS)
        screen.keys("4")
        screen.wait_for(HEALTH)


@case
def sequences_that_nobody_knows_are_swallowed_whole():
    with Site() as site, started(site) as screen:
        screen.bytes(b"\x1b[1;5q\x1b[200;300;400q\x1b[?1;2c\x1b[24;80R\x1b[<0;10;10M\x1b[<0;10;10m")
        screen.bytes(b"\xff\xfe\xc3\x28\x00\x80")
        screen.keys("4")
        screen.wait_for(HEALTH)


@case
def a_paste_is_swallowed():
    with Site() as site, started(site) as screen:
        screen.paste("q4qqq:quit\n\x1bq")
        screen.keys("3")
        screen.wait_for(TAGS)
        screen.type(":view ")
        screen.paste("health\nq")
        screen.type("line")
        screen.keys("Enter")
        screen.wait_for(LINE)


@case
def a_burst_of_keys_is_taken_without_loss():
    with Site() as site, started(site) as screen:
        screen.type("4321" * 200 + "3jjjkkkGg4")
        screen.wait_for(HEALTH)


@case
def what_is_typed_while_a_line_is_open_is_not_a_key():
    with Site() as site, started(site) as screen:
        screen.type(":q?/1234- 你好")
        screen.wait_for("^:q\\?/1234- 你好")
        screen.keys("BSpace")
        screen.wait_for("^:q\\?/1234- 你$")
        screen.keys("Escape")
        screen.wait_for(OVERVIEW, "Enter open")


@case
def quit_as_a_command_leaves_too_and_the_collector_goes_on():
    with Site() as site, started(site) as screen:
        pid = site.collector()
        assert pid
        screen.type(":quit")
        screen.keys("Enter")
        screen.ends(0)
        os.kill(pid, 0)


run()
