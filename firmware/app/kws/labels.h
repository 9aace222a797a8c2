#ifndef KWS_LABELS_H
#define KWS_LABELS_H

/* The words in the order of the network's outputs, which is that of its training. */
#define KWS_LABELS 12

static const char *const kws_labels[KWS_LABELS] = {
    "silence", "unknown", "yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go",
};

#endif
