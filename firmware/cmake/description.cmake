# described(<folder> <key> <default> <variable>): the text that the folder's app.toml gives to a key
# of its top (`key = "text"`), or the default.

function(described folder key default variable)
    set(text ${default})
    set(description ${folder}/app.toml)
    if(EXISTS ${description})
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${description})
        file(STRINGS ${description} line LIMIT_COUNT 1
            REGEX "^[ \t]*${key}[ \t]*=[ \t]*[\"'][^\"']+[\"']")
        if(line MATCHES "=[ \t]*[\"']([^\"']+)[\"']")
            set(text ${CMAKE_MATCH_1})
        endif()
    endif()
    set(${variable} ${text} PARENT_SCOPE)
endfunction()
