// A PKCS#11 module for browsers of tests: OpenSC's, with the passcode in CARD_PASSCODE typed whenever a session is opened, so that no
// window asks for it. Nobody sees windows here, and a browser that waits for one waits for good.
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// As much of PKCS#11 v2.40 as is told differently. The list of functions begins with its version; then come pointers, in order.
typedef unsigned long word;
typedef word (*function)(void);
enum { GET_TOKEN_INFO = 6, OPEN_SESSION = 12, LOG_IN = 18, FUNCTIONS = 68 };
struct list { unsigned char version[2]; function of[FUNCTIONS]; };
struct token { char label[32], maker[32], model[16], number[16]; word flags; };
enum { LOGIN_REQUIRED = 4, USER = 1, ALREADY_LOGGED_IN = 0x100 };

static struct list *real, told;

static word get_token_info(word slot, struct token *token) {
    word (*ask)(word, struct token *) = (void *)real->of[GET_TOKEN_INFO];
    word answer = ask(slot, token);
    if (answer == 0) token->flags &= ~(word)LOGIN_REQUIRED;
    return answer;
}

static word open_session(word slot, word flags, void *application, void *notify, word *session) {
    word (*open)(word, word, void *, void *, word *) = (void *)real->of[OPEN_SESSION];
    word (*log_in)(word, word, const char *, word) = (void *)real->of[LOG_IN];
    word answer = open(slot, flags, application, notify, session);
    const char *passcode = getenv("CARD_PASSCODE");
    if (answer == 0 && passcode) {
        word logged_in = log_in(*session, USER, passcode, strlen(passcode));
        if (logged_in != 0 && logged_in != ALREADY_LOGGED_IN) fprintf(stderr, "the card does not open: %lx\n", logged_in);
    }
    return answer;
}

word C_GetFunctionList(struct list **list) {
    void *opensc = dlopen("opensc-pkcs11.so", RTLD_NOW);
    word (*ask)(struct list **) = opensc ? dlsym(opensc, "C_GetFunctionList") : NULL;
    if (!ask || ask(&real) != 0) return 5;
    told = *real;
    told.of[GET_TOKEN_INFO] = (function)(void *)get_token_info;
    told.of[OPEN_SESSION] = (function)(void *)open_session;
    *list = &told;
    return 0;
}
